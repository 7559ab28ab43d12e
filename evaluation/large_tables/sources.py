"""Tables by name: a file, a folder of files or a table of a database, through DuckDB."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import UnreadableFile
from evaluation.large_tables.addresses import FORMS, is_database, without_password
from evaluation.large_tables.databases import open_table

# what pandas takes for a missing value in a CSV file
NO_VALUE = (
    "", "NA", "N/A", "NaN", "nan", "n/a", "null", "NULL", "None", "<NA>", "#N/A", "#N/A N/A", "#NA",
    "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
)  # fmt: skip
MEMORY = "512MB"
GZIP_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Source:
    """An Ibis table; `identity` identifies its content, None where nothing does."""

    name: str
    table: Any
    identity: str | None = None


def connect(spill: Path, threads: int | None = None) -> Any:
    """Open an Ibis connection to DuckDB in bounded memory; the rest is written to `spill`."""
    import ibis

    connection = ibis.duckdb.connect(
        memory_limit=MEMORY, temp_directory=str(spill), threads=threads or os.cpu_count() or 1
    )
    connection.raw_sql("SET preserve_insertion_order = false")
    connection.raw_sql("SET autoinstall_known_extensions = false")
    return connection


@contextmanager
def translate_errors(name: str) -> Iterator[None]:
    """Raise an UnreadableFile for what DuckDB finds only while it counts, such as a torn file."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise UnreadableFile(without_password(name), str(error).splitlines()[0]) from error


def is_large(name: str, limit_bytes: int) -> bool:
    """Return whether it is a database, a folder, or a file of more than `limit_bytes`."""
    path = Path(name)
    return (
        is_database(name) or path.is_dir() or (path.exists() and path.stat().st_size > limit_bytes)
    )


def open_source(connection: Any, name: str, spill: Path) -> Source:
    """Open the table called `name`. Raises UnreadableFile, which lists what can be read."""
    if is_database(name):
        return Source(
            name.partition("#")[0].rpartition("@")[2] + "#" + name.partition("#")[2],
            open_table(connection, name, spill),
        )
    path = Path(name)
    files = list(list_files(path))
    kinds = {kind for file in files if (kind := _kind(file)) is not None}
    if not files or len(kinds) != 1 or any(_kind(file) is None for file in files):
        reason = "there is no such file" if not path.exists() else f"it is not {FORMS}"
        if len(kinds) > 1:
            reason = "the folder holds both CSV and Parquet files"
        raise UnreadableFile(path, reason)
    for file in files:
        if file.name.lower().endswith(".gz"):
            _check_complete(file)
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
    return Source(str(path), table, identify(files))


def list_files(path: Path) -> Iterator[Path]:
    """Yield the file, or the visible files of the folder; nothing where there is none."""
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


def _check_complete(file: Path) -> None:
    """Raise UnreadableFile for a torn .gz file: DuckDB would read its beginning only."""
    try:
        with gzip.open(file) as stream:
            while stream.read(GZIP_CHUNK_BYTES):
                pass
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(file, str(error)) from error


def identify(files: list[Path]) -> str:
    """Return a digest of the names, sizes and modification times of the files."""
    digest = hashlib.sha256()
    for file in files:
        status = file.stat()
        digest.update(f"{file.resolve()}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
