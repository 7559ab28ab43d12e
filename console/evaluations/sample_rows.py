"""Reads the first rows of an origin, so that a person sees what would be evaluated."""

import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from itertools import islice
from pathlib import Path

import pandas as pd

from console.errors import ConsoleError
from console.evaluations.request import Origin
from console.evaluations.row_sources import SUFFIXES, RowSources
from evaluation.errors import EvaluationError
from evaluation.large_tables import sources

SAMPLE_ROWS = 2_000
MAX_FILES = 300
MAX_THREADS = 3


class SampleUnavailable(ConsoleError):
    """The first rows of an origin can't be read now."""


class SampleReader:
    """Reads samples in its own threads. Thread-safe."""

    def __init__(self, row_sources: RowSources, timeout_seconds: float) -> None:
        self._row_sources, self._timeout_seconds = row_sources, timeout_seconds
        self._pool = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="sample")

    def begin(self, origin: Origin) -> "Future[pd.DataFrame]":
        """Start to read the first rows."""
        return self._pool.submit(first_rows, self._row_sources, origin)

    def get(self, future: "Future[pd.DataFrame]") -> pd.DataFrame:
        """Return up to SAMPLE_ROWS rows. Raises SampleUnavailable, also after the timeout."""
        try:
            return future.result(self._timeout_seconds)
        except FutureTimeoutError as error:
            raise SampleUnavailable(
                f"The first rows did not arrive within {self._timeout_seconds:g} s. They are "
                "still being read: open the page again in a while."
            ) from error
        except (EvaluationError, ConsoleError) as error:
            raise SampleUnavailable(str(error)) from error


def first_rows(row_sources: RowSources, origin: Origin) -> pd.DataFrame:
    """Return up to SAMPLE_ROWS rows of an origin. Raises EvaluationError and ConsoleError."""
    with tempfile.TemporaryDirectory(prefix="belvedere-sample-") as folder:
        spill = Path(folder)
        if origin.query is not None:
            origin = Origin(database=origin.database, query=_limited(origin.query))
        address = row_sources.address(origin, spill)
        if Path(address).is_file() and address.lower().endswith((".csv", ".csv.gz")):
            try:
                return pd.read_csv(address, nrows=SAMPLE_ROWS)
            except (ValueError, OSError) as error:
                raise SampleUnavailable(f"{address} can't be read as a table: {error}.") from error
        connection = sources.connect(spill, threads=1)
        table = sources.open_source(connection, address, spill).table
        sample: pd.DataFrame = table.limit(SAMPLE_ROWS).execute()
        connection.disconnect()
        return sample


def _limited(query: str) -> str:
    """Return a SELECT with a limit; anything else as it is, to be rejected where it is run."""
    query = query.strip().rstrip(";")
    keyword = query.partition(" ")[0].partition("\n")[0].lower()
    if keyword not in ("select", "with"):
        return query
    return f"select * from (\n{query}\n) as sample limit {SAMPLE_ROWS}"


def files_in(folders: tuple[Path, ...]) -> list[str]:
    """Return the files of rows in the allowed folders, by path, at most MAX_FILES."""
    paths = (
        str(path)
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.name.lower().endswith(SUFFIXES) and not path.name.startswith(".")
    )
    return list(islice(paths, MAX_FILES))
