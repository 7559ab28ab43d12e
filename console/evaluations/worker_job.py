"""The job that the console's worker process runs: from two origins of rows to an evaluation."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.evaluations.request import Asked
from console.evaluations.row_sources import Places
from evaluation import Evaluation, evaluate
from evaluation.inputs.files import read_frame
from evaluation.large_tables import sources
from evaluation.result import message

# more are counted where they lie; up to here every chart of the result page can be drawn
MOST_IN_MEMORY = 250_000
MOST_ROWS_KEPT = 1_000_000


@dataclass(frozen=True)
class Job:
    """What the worker has to know; paths are files on this machine."""

    evaluation_id: str
    model: str
    asked: Asked
    places: Places
    # its folders: of the reference's profiles, and of what does not fit memory
    profiles: Path
    spill: Path
    html_path: Path
    json_path: Path
    rows_path: Path


def warm_up() -> None:
    """Import what an evaluation needs before the first one asks for it."""
    from evaluation.report import evidently

    evidently.warm_up()


def run(report: Callable[[str, float], None], job: Job) -> bytes:
    """Evaluate, write the reports to the draft paths and return the document.

    Raises EvaluationError, and NotAllowed for rows that can't be had.
    """
    report("finding the rows", 0.01)
    # whatever spills in this process: a container's /tmp is small
    job.spill.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(job.spill)
    with tempfile.TemporaryDirectory(prefix="belvedere-rows-") as folder:
        spill = Path(folder)
        names = [
            job.places.source(origin, spill / side)
            for side, origin in (("reference", job.asked.reference), ("current", job.asked.current))
        ]
        connection = sources.connect(spill)
        report("counting the rows", 0.03)
        tables = [sources.open_source(connection, name, spill).table for name in names]
        rows = [int(table.count().execute()) for table in tables]
        large = max(rows) > MOST_IN_MEMORY
        _write_rows(tables[1], rows[1], job.rows_path)
        made = _tables(report, job, names) if large else _frames(report, job, names, tables)
        connection.disconnect()
    return made.encode()


def _frames(
    report: Callable[[str, float], None], job: Job, names: list[str], tables: list[Any]
) -> Evaluation:
    before, after = (
        read_frame(Path(name)) if Path(name).is_file() else table.execute()
        for name, table in zip(names, tables, strict=True)
    )
    return evaluate(
        before, after, job.asked.roles, **_options(job),
        progress=lambda stage, fraction: report(stage, 0.1 + 0.9 * fraction),
    )  # fmt: skip


def _tables(report: Callable[[str, float], None], job: Job, names: list[str]) -> Evaluation:
    from evaluation.large_tables.evaluate import evaluate_tables

    before, after = names
    return evaluate_tables(
        before, after, job.asked.roles, **_options(job), profiles=job.profiles,
        progress=lambda stage, fraction: report(stage, 0.1 + 0.9 * fraction),
    )  # fmt: skip


def _options(job: Job) -> dict[str, Any]:
    asked = job.asked

    def complete(evaluation: Evaluation) -> None:
        evaluation.evaluation_id = job.evaluation_id
        evaluation.model = job.model
        evaluation.source = asked.current.words()
        evaluation.reference_source = asked.reference.words()
        if evaluation.rows.current > MOST_ROWS_KEPT:
            evaluation.warning_parts.append(message("rows.limited_file", limit=MOST_ROWS_KEPT))

    return {
        "name": asked.name or asked.current.words()[:100],
        "html_path": job.html_path,
        "json_path": job.json_path,
        "complete": complete,
    }


def _write_rows(table: Any, rows: int, path: Path) -> None:
    """The rows that are scored, as Parquet."""
    kept = table if rows <= MOST_ROWS_KEPT else table.limit(MOST_ROWS_KEPT)
    kept.to_parquet(path, compression="zstd")
