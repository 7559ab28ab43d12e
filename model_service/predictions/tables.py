"""The database of a model: its engine, and the table of its prediction log in all versions."""

import logging
from typing import Any

import sqlalchemy as sa

from evaluation.store.engine import open_engine
from evaluation.store.migrations import Layout, add_columns, add_indexes
from model_service.errors import StartError
from model_service.models.base import LONGEST_TEXT, LoggedModel
from model_service.predictions.feedback_table import companion_of

log = logging.getLogger(__name__)

TYPES: dict[str, Any] = {
    "float": sa.Float(53),
    # identifiers and times in milliseconds are past 32 bits
    "int": sa.BigInteger,
    "date": sa.Date,
    "text": sa.String(LONGEST_TEXT),
}
ROWS_AT_ONCE = 10_000


def engine_for(url: str, durability: str, most_bytes: int | None = None) -> sa.Engine:
    """Return an engine for SQLite in WAL mode, or for any other database of SQLAlchemy.

    `durability` applies to SQLite: with "process" (synchronous=NORMAL) committed rows survive a
    killed process, with "power" (FULL) also a power cut. `most_bytes` limits the file.
    Checkpoints run in a separate thread (see Checkpoints), as a prediction would wait for them.
    """
    sync = "FULL" if durability == "power" else "NORMAL"
    return open_engine(url, sync=sync, max_bytes=most_bytes, auto_checkpoint=False)


def log_table(model: LoggedModel) -> sa.Table:
    """Return the table of a model's log: one typed column for each input; times are epoch seconds.

    `received_at` is the arrival, `event_at` the time of the event that the row describes. Both have
    an index for the windows, and so has the arrival of the rows that have no truth yet.
    """
    name = f"predictions_{model.name.replace('-', '_')}"
    table = sa.Table(
        name,
        sa.MetaData(),
        # SQLite counts up INTEGER alone, which has 64 bits there
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("prediction_id", sa.String(32), nullable=False, unique=True),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("received_at", sa.Float(53), nullable=False, index=True),
        *(sa.Column(item.name, TYPES[item.type], nullable=item.optional) for item in model.inputs),
        sa.Column("prediction", sa.Float(53), nullable=False),
        sa.Column("truth", sa.Float(53)),
        sa.Column("truth_at", sa.Float(53)),
        # since version 2
        sa.Column("event_at", sa.Float(53)),
    )
    with_truth = table.c.truth.is_not(None)
    sa.Index(f"{name}_event_at", table.c.event_at)
    sa.Index(
        f"{name}_truth_at", table.c.truth_at, sqlite_where=with_truth, postgresql_where=with_truth
    )
    waiting = table.c.truth.is_(None)
    sa.Index(f"{name}_waiting", table.c.received_at, sqlite_where=waiting, postgresql_where=waiting)
    return table


def log_layout(model: LoggedModel) -> Layout:
    """Return the versions of a model's prediction log, with the upgrade to each."""
    table = log_table(model)

    def to_2(connection: sa.Connection) -> None:
        add_columns(connection, table, "event_at")
        _fill_event_times(connection, table, model)
        names = [f"{table.name}_{index}" for index in ("event_at", "truth_at", "waiting")]
        add_indexes(connection, table, *names)

    return Layout(table.name, table.metadata, table.name, (to_2,))


def log_layouts(model: LoggedModel) -> list[Layout]:
    """Return the layouts of a model's prediction log and of its companion table."""
    companion = companion_of(model)
    return [log_layout(model), *([companion.layout] if companion else [])]


def check_columns(engine: sa.Engine, model: LoggedModel) -> None:
    """Raise StartError if the columns of the log in the database differ from the model's inputs."""
    companion = companion_of(model)
    for table in (log_table(model), *([companion.table] if companion else [])):
        existing = {column["name"] for column in sa.inspect(engine).get_columns(table.name)}
        expected = set(table.columns.keys())
        if existing != expected:
            added = ", ".join(sorted(expected - existing))
            removed = ", ".join(sorted(existing - expected))
            raise StartError(
                f"The prediction log of {model.name} in {engine.url} has other columns than "
                f"the model's inputs (table {table.name}). Only the model has: {added or 'none'}; "
                f"only the log has: {removed or 'none'}. Give the model another name, or choose "
                "another place for its log with BELVEDERE_DATA_DIR or BELVEDERE_DATABASE_URL."
            )


def _fill_event_times(connection: sa.Connection, table: sa.Table, model: LoggedModel) -> None:
    inputs = [table.c[item.name] for item in model.inputs]
    statement = (
        table.update()
        .where(table.c.id == sa.bindparam("row_key"))
        .values(event_at=sa.bindparam("moment"))
    )
    last_id = count = 0
    while True:
        query = (
            sa.select(table.c.id, *inputs)
            .where(table.c.id > last_id)
            .order_by(table.c.id)
            .limit(ROWS_AT_ONCE)
        )
        rows = connection.execute(query).mappings().all()
        if not rows:
            return
        moments = [{"row_key": row["id"], "moment": model.event_time(dict(row))} for row in rows]
        connection.execute(statement, moments)
        last_id, count = rows[-1]["id"], count + len(rows)
        log.info("%s: added the event time to %d rows", table.name, count)
