"""The job of a worker process: read the rows, evaluate them, describe and write the result."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pandas as pd

from evaluation.inputs.schema import Schema
from evaluation.large_tables.evaluate import evaluate_tables
from evaluation.result import Agreement, EstimatedQuality, Evaluation, Message, message
from evaluation.run import evaluate

Report = Callable[[str, float], None]

READING_SHARE = 0.15
# share of rows outside the data of the estimate from which it is not reliable
MUCH_OUTSIDE = 0.05


@dataclass(frozen=True, kw_only=True)
class Description:
    """What an evaluation is called, and what it is of."""

    name: str
    model: str
    source: str
    reference_source: str
    model_version: str = ""
    synthetic: bool = False
    published: bool = False


@dataclass(frozen=True, kw_only=True)
class JobRows:
    """Rows to evaluate: two frames, or the addresses of two tables too large for memory.

    `save` writes the current rows to a Parquet file. `training_rows` counts current rows that the
    model was trained on. `tags` and `comment` are those that came with the rows. Reading the rows
    takes `reading_share` of the evaluation's time.
    """

    reference: pd.DataFrame | str
    current: pd.DataFrame | str
    schema: Schema
    description: Description
    save: Callable[[Path], None]
    importance: Mapping[str, float] = field(default_factory=dict)
    profiles: Path | None = None
    ignored_fields: list[str] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)
    training_rows: int = 0
    estimated: EstimatedQuality | None = None
    agreement: Agreement | None = None
    tags: tuple[str, ...] | None = None
    comment: str | None = None
    expires_seconds: float | None = None
    reading_share: float = READING_SHARE


class RowSource(Protocol):
    """Reads the rows of one evaluation in the worker process. Picklable."""

    def open(self, report: Report) -> AbstractContextManager[JobRows]:
        """Read the rows, which are there until the context ends.

        Raises EvaluationError, and the host's errors for a wrong request or wrong rows.
        """
        ...


@dataclass(frozen=True)
class Job:
    """One evaluation: its rows, and the draft files that it writes."""

    evaluation_id: str
    source: RowSource
    html_path: Path
    json_path: Path
    rows_path: Path


@dataclass(frozen=True)
class JobResult:
    """The encoded document, and what came with the rows: None leaves what is stored."""

    document: bytes
    tags: tuple[str, ...] | None = None
    comment: str | None = None
    expires_seconds: float | None = None


def warm_up() -> None:
    """Import what an evaluation needs before the first one."""
    from evaluation.report import evidently

    evidently.warm_up()


def run(report: Report, job: Job) -> JobResult:
    """Evaluate the rows of a job and write its draft files.

    Raises EvaluationError for data that can't be evaluated, and the errors of the row source.
    """
    report("reading rows", 0.01)
    with job.source.open(report) as rows:
        rows.save(job.rows_path)
        options: dict[str, Any] = {
            "name": rows.description.name,
            "importance": rows.importance,
            "html_path": job.html_path,
            "json_path": job.json_path,
            "progress": lambda stage, fraction: report(
                stage, rows.reading_share + (1 - rows.reading_share) * fraction
            ),
            "complete": lambda evaluation: complete(evaluation, job.evaluation_id, rows),
        }
        if isinstance(rows.reference, str) or isinstance(rows.current, str):
            evaluation = evaluate_tables(
                str(rows.reference), str(rows.current), rows.schema,
                profiles=rows.profiles, **options,
            )  # fmt: skip
        else:
            evaluation = evaluate(rows.reference, rows.current, rows.schema, **options)
    return JobResult(evaluation.encode(), rows.tags, rows.comment, rows.expires_seconds)


def complete(evaluation: Evaluation, evaluation_id: str, rows: JobRows) -> None:
    """Fill in what the document says of the request, the model and the rows."""
    for name, value in vars(rows.description).items():
        setattr(evaluation, name, value)
    evaluation.evaluation_id = evaluation_id
    evaluation.ignored_fields = rows.ignored_fields
    evaluation.estimated = rows.estimated
    evaluation.agreement = rows.agreement
    evaluation.warning_parts += rows.warnings
    if rows.estimated is not None and rows.estimated.outside >= MUCH_OUTSIDE:
        evaluation.warning_parts.append(message("estimate.outside", share=rows.estimated.outside))
    if rows.training_rows:
        evaluation.warning_parts.append(
            message("rows.trained", training=rows.training_rows, rows=evaluation.rows.current)
        )
    if rows.ignored_fields:
        evaluation.warning_parts.append(message("rows.ignored_fields", names=rows.ignored_fields))
    evaluation.rows = msgspec.structs.replace(
        evaluation.rows,
        training=rows.training_rows,
        without_target=evaluation.rows.current - evaluation.rows.with_target,
    )
