"""Read the prediction log: time ranges as frames, facts about its truths, an export."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from model_service.models.base import MonitoredModel
from model_service.predictions.tables import log_table

Clock = Literal["arrival", "event"]
ROWS_AT_ONCE = 50_000
LATEST_TRUTHS = 1_000
IDENTITY = ("prediction_id", "received_at", "event_at", "truth_at", "model_version")


@dataclass(frozen=True)
class Stretch:
    """A time range, start <= time < end (epoch seconds, None is open), by one of the two clocks."""

    start: float | None = None
    end: float | None = None
    by: Clock = "arrival"


@dataclass(frozen=True)
class LogRows:
    """Rows of the log: the inputs, prediction and truth under the model's names, and the IDENTITY
    columns, oldest first. `more` is True if the time range has older rows than the limit allows."""

    frame: pd.DataFrame
    more: bool


def read(engine: sa.Engine, model: MonitoredModel, stretch: Stretch, most_rows: int) -> LogRows:
    """Return the newest rows of a time range, at most `most_rows`; a missing truth is NaN."""
    table = log_table(model)
    moment = _clock(table, stretch.by)
    query = (
        table.select()
        .where(*_limits(table, stretch))
        .order_by(moment.desc(), table.c.id.desc())
        .limit(most_rows + 1)
    )
    with engine.connect() as connection:
        rows = connection.execute(query)
        frame = pd.DataFrame(rows.fetchall(), columns=list(rows.keys()))
    more = len(frame) > most_rows
    frame = frame.iloc[:most_rows].iloc[::-1].reset_index(drop=True)
    target = str(model.schema.target)
    columns = [item.name for item in model.inputs]
    renamed = frame.rename(columns={"prediction": model.output, "truth": target})
    selected = [*columns, model.output, target, *IDENTITY]
    return LogRows(renamed[selected].astype({target: "float64"}), more)


def read_known(engine: sa.Engine, model: MonitoredModel, most_rows: int) -> pd.DataFrame:
    """Return the rows with the latest truths, oldest prediction first."""
    table = log_table(model)
    columns = [table.c[item.name] for item in model.inputs]
    query = (
        sa.select(*columns, table.c.prediction, table.c.truth, table.c.received_at)
        .where(table.c.truth.is_not(None))
        .order_by(table.c.truth_at.desc())
        .limit(most_rows)
    )
    with engine.connect() as connection:
        rows = connection.execute(query)
        frame = pd.DataFrame(rows.fetchall(), columns=list(rows.keys()))
    names = {"prediction": model.output, "truth": str(model.schema.target)}
    return frame.sort_values("received_at", ignore_index=True).rename(columns=names)


def newest(engine: sa.Engine, model: MonitoredModel, by: Clock) -> float | None:
    """Return the latest time in the log by a clock, in epoch seconds; None for an empty log."""
    table = log_table(model)
    with engine.connect() as connection:
        latest = connection.execute(sa.select(sa.func.max(_clock(table, by)))).scalar_one()
    return None if latest is None else float(latest)


@dataclass(frozen=True)
class TruthFacts:
    """Predictions without truth, and the median delay of the latest 1,000 truths."""

    waiting: int
    lag_seconds: float | None


def truth_facts(engine: sa.Engine, model: MonitoredModel) -> TruthFacts:
    """Return how many predictions have no truth yet, and how late truths arrive."""
    table = log_table(model)
    waiting = sa.select(sa.func.count()).select_from(table).where(table.c.truth.is_(None))
    latest = (
        sa.select(table.c.truth_at - table.c.received_at)
        .where(table.c.truth.is_not(None), table.c.truth_at.is_not(None))
        .order_by(table.c.truth_at.desc())
        .limit(LATEST_TRUTHS)
    )
    with engine.connect() as connection:
        count = int(connection.execute(waiting).scalar_one())
        lags = sorted(max(0.0, float(lag)) for lag in connection.execute(latest).scalars())
    return TruthFacts(count, lags[len(lags) // 2] if lags else None)


def export(engine: sa.Engine, model: MonitoredModel, stretch: Stretch, path: Path) -> int:
    """Write a time range of the log to a Parquet file; return the number of rows.

    The file is complete or does not exist. Columns are typed as in the log, times are timestamps in
    UTC; memory holds 50,000 rows at once. Raises OSError.
    """
    import pyarrow
    import pyarrow.parquet

    table = log_table(model)
    schema = pyarrow.schema([(column.name, _arrow_type(column)) for column in table.columns])
    draft = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with pyarrow.parquet.ParquetWriter(draft, schema, compression="zstd") as writer:
            for rows in _batches(engine, table, stretch):
                writer.write_table(pyarrow.Table.from_pylist(rows, schema))
                count += len(rows)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return count


def drop_older(
    engine: sa.Engine, model: MonitoredModel, moment: float, at_once: int = 2_000
) -> int:
    """Delete rows received before `moment` and return how many.

    Deletes some rows at a time, so that no prediction waits long.
    """
    table = log_table(model)
    some = sa.select(table.c.id).where(table.c.received_at < moment).limit(at_once)
    dropped = 0
    while True:
        with engine.begin() as connection:
            deleted = connection.execute(table.delete().where(table.c.id.in_(some))).rowcount
        dropped += deleted
        if deleted < at_once:
            return dropped
        time.sleep(0.02)


def _clock(table: sa.Table, by: Clock) -> sa.ColumnElement[float]:
    return table.c.event_at if by == "event" else table.c.received_at


def _limits(table: sa.Table, stretch: Stretch) -> list[sa.ColumnElement[bool]]:
    moment = _clock(table, stretch.by)
    limits: list[sa.ColumnElement[bool]] = [moment.is_not(None)] if stretch.by == "event" else []
    if stretch.start is not None:
        limits.append(moment >= stretch.start)
    if stretch.end is not None:
        limits.append(moment < stretch.end)
    return limits


def _batches(
    engine: sa.Engine, table: sa.Table, stretch: Stretch
) -> Iterator[list[dict[str, Any]]]:
    last_id = 0
    times = [column.name for column in table.columns if column.name.endswith("_at")]
    while True:
        query = (
            table.select()
            .where(table.c.id > last_id, *_limits(table, stretch))
            .order_by(table.c.id)
            .limit(ROWS_AT_ONCE)
        )
        with engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        if not rows:
            return
        last_id = rows[-1]["id"]
        for row in rows:
            for name in times:
                row[name] = None if row[name] is None else round(1e6 * row[name])
        yield rows


def _arrow_type(column: sa.Column[Any]) -> Any:
    import pyarrow

    if column.name.endswith("_at"):
        return pyarrow.timestamp("us", tz="UTC")
    kinds = {
        sa.Float: pyarrow.float64(),
        sa.Integer: pyarrow.int64(),
        sa.BigInteger: pyarrow.int64(),
        sa.Date: pyarrow.date32(),
        sa.String: pyarrow.string(),
    }
    return kinds[type(column.type)]
