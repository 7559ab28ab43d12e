"""Tables of a database, opened where they lie or copied in batches."""

import hashlib
import importlib
from pathlib import Path
from typing import Any

from evaluation.errors import UnreadableFile
from evaluation.large_tables.addresses import DATABASES, FILES, kind_of, without_password

ROWS_AT_ONCE = 100_000


def open_table(connection: Any, name: str, spill: Path) -> Any:
    """Attach the table ADDRESS#TABLE, or copy it to `spill` without DuckDB's extension for it.

    Raises UnreadableFile.
    """
    address, _, table = name.partition("#")
    if not table:
        raise UnreadableFile(
            without_password(address),
            f"name the table after a #, as in {without_password(address)}#predictions",
        )
    kind = kind_of(address)
    try:
        return _attach(connection, address, kind, table)
    except ImportError:
        return _copy(connection, address, table, spill)


def _attach(connection: Any, address: str, kind: str, table: str) -> Any:
    """Open the table in its database, through DuckDB's extension, which comes as a package."""
    import duckdb
    from sqlalchemy.engine import make_url

    extension = _extension(DATABASES[kind])
    url = make_url(address)
    if kind in FILES:
        target = str(url.database)
        if not Path(target).exists():
            raise UnreadableFile(without_password(address), "there is no such file")
    else:
        parts = {
            "host": url.host, "port": url.port, "user": url.username, "password": url.password,
            "dbname": url.database,
        }  # fmt: skip
        target = " ".join(f"{key}={_quote(str(value))}" for key, value in parts.items() if value)
    schema, _, table_name = table.rpartition(".")
    try:
        if extension is not None:
            connection.raw_sql(f"LOAD {_quote(str(extension))}")
        alias = f"db_{hashlib.sha256(address.encode()).hexdigest()[:12]}"
        form = kind if kind in FILES else "postgres"
        connection.raw_sql(
            f"ATTACH IF NOT EXISTS {_quote(target)} AS {alias} (TYPE {form}, READ_ONLY)"
        )
        return connection.table(
            table_name, database=(alias, schema or ("main" if kind in FILES else "public"))
        )
    except Exception as error:
        if (
            not isinstance(error, duckdb.Error)
            and type(error).__module__.partition(".")[0] != "ibis"
        ):
            raise
        reason = str(error).splitlines()[0].replace(target, without_password(address))
        raise UnreadableFile(without_password(address), reason) from error


def _extension(name: str | None) -> Path | None:
    """Return the file of DuckDB's extension; None where none is needed. Raises ImportError."""
    import duckdb

    if name is None:
        return None
    package = importlib.import_module(f"duckdb_extension_{name}")
    folder = Path(str(package.__file__)).parent / "extensions" / f"v{duckdb.__version__}"
    if not (folder / f"{name}.duckdb_extension").exists():
        raise ImportError(f"{name} of DuckDB {duckdb.__version__}")
    return folder / f"{name}.duckdb_extension"


def _copy(connection: Any, address: str, table: str, spill: Path) -> Any:
    """Copy the table to a Parquet file batch by batch."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    import sqlalchemy as sa

    target = spill / f"{hashlib.sha256((address + table).encode()).hexdigest()[:16]}.parquet"
    schema, _, table_name = table.rpartition(".")
    try:
        # no pool: the only connection is closed with its block
        engine = sa.create_engine(address, poolclass=sa.NullPool)
        with engine.connect().execution_options(stream_results=True) as session:
            source = sa.Table(
                table_name, sa.MetaData(), schema=schema or None, autoload_with=engine
            )
            writer = None
            for batch in pd.read_sql_query(sa.select(source), session, chunksize=ROWS_AT_ONCE):
                rows = pa.Table.from_pandas(batch, preserve_index=False)
                if writer is None:
                    writer = pq.ParquetWriter(target, rows.schema)
                writer.write_table(rows.cast(writer.schema))
            if writer is None:
                raise UnreadableFile(without_password(address), f"table {table} has no rows")
            writer.close()
    except (sa.exc.SQLAlchemyError, ValueError) as error:
        raise UnreadableFile(without_password(address), str(error).splitlines()[0]) from error
    return connection.read_parquet(str(target))


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
