"""The first rows of an origin, so that a person sees what would be evaluated."""

import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from itertools import islice
from pathlib import Path

import pandas as pd

from console.errors import ConsoleError
from console.evaluations.request import Origin
from console.evaluations.row_sources import SUFFIXES, Places
from evaluation.errors import EvaluationError
from evaluation.large_tables import sources

SAMPLE_ROWS = 2_000
MOST_LISTED = 300
AT_ONCE = 3


class NotSeen(ConsoleError):
    """Rows that can't be looked at now."""


class Looks:
    """Looks in threads of its own, each origin once while somebody asks; thread-safe."""

    def __init__(self, places: Places, timeout_seconds: float) -> None:
        self._places, self._timeout = places, timeout_seconds
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look")

    def begin(self, origin: Origin) -> "Future[pd.DataFrame]":
        return self._pool.submit(first_rows, self._places, origin)

    def get(self, begun: "Future[pd.DataFrame]") -> pd.DataFrame:
        """Up to SAMPLE_ROWS rows. Raises NotSeen, also when they take longer than a query may."""
        try:
            return begun.result(self._timeout)
        except FutureTimeoutError as error:
            raise NotSeen(
                f"The first rows did not come within {self._timeout:g} s; they are still awaited: "
                "look again in a while."
            ) from error
        except (EvaluationError, ConsoleError) as error:
            raise NotSeen(str(error)) from error


def first_rows(places: Places, origin: Origin) -> pd.DataFrame:
    """Raises EvaluationError and ConsoleError."""
    with tempfile.TemporaryDirectory(prefix="belvedere-look-") as folder:
        spill = Path(folder)
        if origin.query is not None:
            asked = origin.query.strip().rstrip(";")
            few = f"select * from (\n{asked}\n) as asked limit {SAMPLE_ROWS}"
            if asked.partition(" ")[0].partition("\n")[0].lower() not in ("select", "with"):
                few = asked
            origin = Origin(database=origin.database, query=few)
        name = places.source(origin, spill)
        if Path(name).is_file() and name.lower().endswith((".csv", ".csv.gz")):
            try:
                return pd.read_csv(name, nrows=SAMPLE_ROWS)
            except (ValueError, OSError) as error:
                raise NotSeen(f"{name} can't be read as a table: {error}.") from error
        connection = sources.connect(spill, threads=1)
        found: pd.DataFrame = (
            sources.open_source(connection, name, spill).table.limit(SAMPLE_ROWS).execute()
        )
        connection.disconnect()
        return found


def files_in(folders: tuple[Path, ...]) -> list[str]:
    """Files of rows in the allowed folders, by path; at most MOST_LISTED."""
    there = (
        str(path)
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.name.lower().endswith(SUFFIXES) and not path.name.startswith(".")
    )
    return list(islice(there, MOST_LISTED))
