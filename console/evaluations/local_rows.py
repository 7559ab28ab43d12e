"""The rows of an evaluation by the console, read in the worker: files, tables and queries."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from console.evaluations.request import EvaluationRequest
from console.evaluations.row_sources import RowSources
from evaluation.inputs.files import read_frame
from evaluation.jobs.job import Description, JobRows, Report
from evaluation.large_tables import sources
from evaluation.result import message

# tables with more rows are counted where they are; up to here every chart can be drawn
MAX_ROWS_IN_MEMORY = 250_000
MAX_ROWS_SAVED = 1_000_000


@dataclass(frozen=True)
class LocalRows:
    """Reads both sides of a request; `profiles` and `spill` are folders of the console."""

    request: EvaluationRequest
    model: str
    row_sources: RowSources
    # where the profiles of references are stored, and what does not fit into memory
    profiles: Path
    spill: Path

    @contextmanager
    def open(self, report: Report) -> Iterator[JobRows]:
        """Open the rows; large tables stay where they are.

        Raises EvaluationError, and NotAllowed for rows that the console must not read.
        """
        # whatever spills in this process: /tmp is small in a container
        self.spill.mkdir(parents=True, exist_ok=True)
        tempfile.tempdir = str(self.spill)
        request = self.request
        with tempfile.TemporaryDirectory(prefix="belvedere-rows-") as folder:
            addresses = [
                self.row_sources.address(origin, Path(folder) / side)
                for side, origin in (("reference", request.reference), ("current", request.current))
            ]
            connection = sources.connect(Path(folder))
            report("counting the rows", 0.03)
            tables = [
                sources.open_source(connection, address, Path(folder)).table
                for address in addresses
            ]
            counts = [int(table.count().execute()) for table in tables]
            sides: list[pd.DataFrame | str] = list(addresses)
            if max(counts) <= MAX_ROWS_IN_MEMORY:
                sides = [_frame(*side) for side in zip(addresses, tables, strict=True)]
            warnings = []
            if counts[1] > MAX_ROWS_SAVED:
                warnings.append(message("rows.limited_file", limit=MAX_ROWS_SAVED))
            yield JobRows(
                reference=sides[0],
                current=sides[1],
                schema=request.schema,
                description=Description(
                    name=request.name or request.current.words()[:100],
                    model=self.model,
                    source=request.current.words(),
                    reference_source=request.reference.words(),
                ),
                save=lambda path: _save(tables[1], counts[1], path),
                profiles=self.profiles,
                warnings=warnings,
            )
            connection.disconnect()


def _frame(address: str, table: Any) -> pd.DataFrame:
    if Path(address).is_file():
        return read_frame(Path(address))
    frame: pd.DataFrame = table.execute()
    return frame


def _save(table: Any, rows: int, path: Path) -> None:
    """Write the rows that are scored to a Parquet file, up to a limit."""
    saved = table if rows <= MAX_ROWS_SAVED else table.limit(MAX_ROWS_SAVED)
    saved.to_parquet(path, compression="zstd")
