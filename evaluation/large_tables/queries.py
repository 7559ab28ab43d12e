"""Rows of a SELECT, written to a Parquet file batch by batch; the database is only read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.errors import InputError
from evaluation.large_tables.addresses import kind_of, without_password
from evaluation.large_tables.databases import ROWS_AT_ONCE
from evaluation.large_tables.sources import MEMORY


class QueryFailed(InputError):
    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"{without_password(address)} does not answer the query: {reason}. Write one SELECT "
            "that gives a row for each prediction."
        )


def fetch(address: str, query: str, folder: Path) -> Path:
    """Run `query` in the database at `address` and write its rows to a Parquet file in `folder`.

    The address is as in sources.py, without a table. Raises QueryFailed and UnreadableFile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    statement = query.strip().rstrip(";")
    if statement.partition(" ")[0].partition("\n")[0].lower() not in ("select", "with", "values"):
        raise QueryFailed(address, "it is not a SELECT")
    kind = kind_of(address)
    batches = (
        _query_duckdb(address, statement)
        if kind == "duckdb"
        else _query_sql(address, statement, kind)
    )
    parts = folder / "parts"
    parts.mkdir()
    try:
        schemas = []
        for number, table in enumerate(batches):
            pq.write_table(table, parts / f"{number:06}.parquet")
            schemas.append(table.schema)
        if not schemas:
            raise QueryFailed(address, "it gives no row")
        # a batch whose numbers are all missing may have another type than the next one
        schema = pa.unify_schemas(schemas, promote_options="permissive")
    except pa.ArrowException as error:
        raise QueryFailed(address, str(error).splitlines()[0]) from error
    target = folder / "rows.parquet"
    with pq.ParquetWriter(target, schema) as writer:
        for part in sorted(parts.iterdir()):
            writer.write_table(pq.read_table(part).cast(schema))
            part.unlink()
    return target


def _query_duckdb(address: str, query: str) -> Iterator[pa.Table]:
    import duckdb
    from sqlalchemy.engine import make_url

    path = str(make_url(address).database)
    if not Path(path).exists():
        raise QueryFailed(address, "there is no such file")
    # without this, its SQL could read any file on this machine
    config: dict[str, Any] = {"enable_external_access": "false", "memory_limit": MEMORY}
    try:
        with duckdb.connect(path, read_only=True, config=config) as connection:
            reader = connection.sql(query).to_arrow_reader(ROWS_AT_ONCE)
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except (duckdb.Error, AttributeError) as error:
        raise QueryFailed(address, str(error).splitlines()[0]) from error


def _query_sql(address: str, query: str, kind: str) -> Iterator[pa.Table]:
    import pandas as pd
    import sqlalchemy as sa

    engine, options = _engine(address, kind)
    try:
        with engine.connect().execution_options(**options) as session:
            text = sa.text(f"select * from (\n{query}\n) as asked")
            for frame in pd.read_sql_query(text, session, chunksize=ROWS_AT_ONCE):
                if len(frame):
                    yield pa.Table.from_pandas(frame, preserve_index=False)
    except (sa.exc.SQLAlchemyError, pd.errors.DatabaseError, ValueError) as error:
        # pandas wraps the error of the database
        cause = error.__cause__ if isinstance(error, pd.errors.DatabaseError) else error
        reason = str(getattr(cause, "orig", None) or cause).splitlines()[0]
        raise QueryFailed(address, reason) from error
    finally:
        engine.dispose()


def _engine(address: str, kind: str) -> tuple[Any, dict[str, Any]]:
    """Return an engine without a pool, and the options that make its session read-only."""
    import sqlalchemy as sa
    from sqlalchemy.engine import make_url

    url = make_url(address)
    if kind == "sqlite":
        path = Path(str(url.database))
        if not path.exists():
            raise QueryFailed(address, "there is no such file")
        read_only_url = f"sqlite:///file:{path.resolve()}?mode=ro&uri=true"
        return sa.create_engine(read_only_url, poolclass=sa.NullPool), {}
    url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 10})
    return engine, {"stream_results": True, "postgresql_readonly": True}
