"""Tables by name: a file, a folder of files, a table of a database, through DuckDB."""

import gzip
import hashlib
import importlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from evaluation.errors import EngineMissing, UnreadableFile

# what pandas takes for a missing value in a CSV file
NO_VALUE = (
    "", "NA", "N/A", "NaN", "nan", "n/a", "null", "NULL", "None", "<NA>", "#N/A", "#N/A N/A", "#NA",
    "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
)  # fmt: skip
MEMORY = "512MB"
ROWS_AT_ONCE = 100_000
PACKED_AT_ONCE = 1 << 20
DATABASES = {"sqlite": "sqlite_scanner", "postgresql": "postgres_scanner", "duckdb": None}
FILES = ("sqlite", "duckdb")
FORMS = (
    "a .csv, .csv.gz or .parquet file, a folder of such files, sqlite:///FILE#TABLE, "
    "duckdb:///FILE#TABLE or postgresql://USER@HOST/DATABASE#TABLE"
)


@dataclass(frozen=True)
class Source:
    """A table, and what identifies its content; `identity` is None where nothing does."""

    name: str
    table: Any
    identity: str | None = None


def connect(spill: Path, threads: int | None = None) -> Any:
    """An Ibis connection to DuckDB in bounded memory; what does not fit goes to `spill`."""
    import ibis

    connection = ibis.duckdb.connect(
        memory_limit=MEMORY, temp_directory=str(spill), threads=threads or os.cpu_count() or 1
    )
    connection.raw_sql("SET preserve_insertion_order = false")
    connection.raw_sql("SET autoinstall_known_extensions = false")
    return connection


def connect_spark() -> Any:
    """An Ibis connection to the Spark session that Spark's own settings describe.

    Raises EngineMissing that says what to install.
    """
    try:
        import ibis
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineMissing("Spark", "pip install 'belvedere[spark]'") from error
    try:
        return ibis.pyspark.connect(SparkSession.builder.appName("belvedere").getOrCreate())
    except PySparkRuntimeError as error:
        raise EngineMissing("Spark", f"Java 17, with JAVA_HOME set ({error})") from error


def open_in_spark(connection: Any, name: str) -> Source:
    """A Parquet or CSV path as Spark resolves it, or the name of a table of its catalogue."""
    from pyspark.errors import PySparkException

    lower = name.lower()
    try:
        if lower.endswith((".csv", ".csv.gz")):
            table = connection.read_csv(name, header=True, inferSchema=True)
        elif lower.endswith(".parquet") or "/" in name:
            table = connection.read_parquet(name)
        else:
            table = connection.table(name)
    except PySparkException as error:
        raise UnreadableFile(name, str(error).splitlines()[0]) from error
    path = Path(name)
    files = list(_files(path))
    return Source(name, table, _identity(files) if files else None)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """What DuckDB meets only while it counts, such as a torn file, as an UnreadableFile."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise UnreadableFile(without_password(name), str(error).splitlines()[0]) from error


def is_database(name: str) -> bool:
    return kind_of(name) in DATABASES


def kind_of(address: str) -> str:
    """sqlite, postgresql or duckdb; "" or another scheme for what is no database."""
    return urlsplit(address).scheme.partition("+")[0]


def is_large(name: str, limit_bytes: int) -> bool:
    """Is it a database, a folder, or larger than fits comfortably in memory?"""
    path = Path(name)
    return (
        is_database(name) or path.is_dir() or (path.exists() and path.stat().st_size > limit_bytes)
    )


def open_source(connection: Any, name: str, spill: Path) -> Source:
    """The table called `name`. Raises UnreadableFile that says what can be read."""
    if is_database(name):
        return Source(
            name.partition("#")[0].rpartition("@")[2] + "#" + name.partition("#")[2],
            _database(connection, name, spill),
        )
    path = Path(name)
    files = list(_files(path))
    kinds = {kind for file in files if (kind := _kind(file)) is not None}
    if not files or len(kinds) != 1 or any(_kind(file) is None for file in files):
        reason = "there is no such file" if not path.exists() else f"it is not {FORMS}"
        if len(kinds) > 1:
            reason = "the folder holds both CSV and Parquet files"
        raise UnreadableFile(path, reason)
    for file in files:
        if file.name.lower().endswith(".gz"):
            _check_whole(file)
    import duckdb

    try:
        names = [str(file) for file in files]
        table = (
            connection.read_parquet(names)
            if kinds == {"parquet"}
            else connection.read_csv(names, nullstr=list(NO_VALUE), sample_size=-1)
        )
    except (duckdb.Error, OSError) as error:
        raise UnreadableFile(path, str(error).splitlines()[0]) from error
    return Source(str(path), table, _identity(files))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(
            file
            for file in path.rglob("*")
            if file.is_file() and not file.name.startswith((".", "_"))
        )
    elif path.exists():
        yield path


def _kind(file: Path) -> str | None:
    name = file.name.lower()
    if name.endswith(".parquet"):
        return "parquet"
    return "csv" if name.endswith((".csv", ".csv.gz")) else None


def _check_whole(file: Path) -> None:
    """Raise UnreadableFile for a torn .gz file: DuckDB takes its beginning for the whole."""
    try:
        with gzip.open(file) as packed:
            while packed.read(PACKED_AT_ONCE):
                pass
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(file, str(error)) from error


def _identity(files: list[Path]) -> str:
    """A digest of names, sizes and times: another content has another one."""
    found = hashlib.sha256()
    for file in files:
        told = file.stat()
        found.update(f"{file.resolve()}\0{told.st_size}\0{told.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _database(connection: Any, name: str, spill: Path) -> Any:
    address, _, table = name.partition("#")
    if not table:
        raise UnreadableFile(
            without_password(address),
            f"name the table after a #, as in {without_password(address)}#predictions",
        )
    kind = urlsplit(address).scheme.partition("+")[0]
    try:
        return _attached(connection, address, kind, table)
    except ImportError:
        return _fetched(connection, address, table, spill)


def _attached(connection: Any, address: str, kind: str, table: str) -> Any:
    """The table where it lies, through DuckDB's extension, which a package brings."""
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
        target = " ".join(f"{key}={_quoted(str(value))}" for key, value in parts.items() if value)
    schema, _, own = table.rpartition(".")
    try:
        if extension is not None:
            connection.raw_sql(f"LOAD {_quoted(str(extension))}")
        alias = f"db_{hashlib.sha256(address.encode()).hexdigest()[:12]}"
        form = kind if kind in FILES else "postgres"
        connection.raw_sql(
            f"ATTACH IF NOT EXISTS {_quoted(target)} AS {alias} (TYPE {form}, READ_ONLY)"
        )
        return connection.table(
            own, database=(alias, schema or ("main" if kind in FILES else "public"))
        )
    except Exception as error:
        if (
            not isinstance(error, duckdb.Error)
            and type(error).__module__.partition(".")[0] != "ibis"
        ):
            raise
        words = str(error).splitlines()[0].replace(target, without_password(address))
        raise UnreadableFile(without_password(address), words) from error


def _extension(name: str | None) -> Path | None:
    """The file of DuckDB's extension; None where it needs none. Raises ImportError."""
    import duckdb

    if name is None:
        return None
    package = importlib.import_module(f"duckdb_extension_{name}")
    folder = Path(str(package.__file__)).parent / "extensions" / f"v{duckdb.__version__}"
    if not (folder / f"{name}.duckdb_extension").exists():
        raise ImportError(f"{name} of DuckDB {duckdb.__version__}")
    return folder / f"{name}.duckdb_extension"


def _fetched(connection: Any, address: str, table: str, spill: Path) -> Any:
    """The table read in batches into a Parquet file, where there is no extension for it."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    import sqlalchemy as sa

    target = spill / f"{hashlib.sha256((address + table).encode()).hexdigest()[:16]}.parquet"
    schema, _, own = table.rpartition(".")
    try:
        # no pool: the one connection ends with its block
        engine = sa.create_engine(address, poolclass=sa.NullPool)
        with engine.connect().execution_options(stream_results=True) as session:
            found = sa.Table(own, sa.MetaData(), schema=schema or None, autoload_with=engine)
            writer = None
            for batch in pd.read_sql_query(sa.select(found), session, chunksize=ROWS_AT_ONCE):
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


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def without_password(address: str) -> str:
    """The address without its password."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    return address.replace(f":{parts.password}@", ":***@").replace(unquote(parts.password), "***")
