"""The job that a worker process runs: from what was asked to a kept evaluation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import pandas as pd
import sqlalchemy as sa

from evaluation import Evaluation, evaluate
from evaluation.quality import estimate
from evaluation.result import EstimatedQuality, message
from model_service import models
from model_service.evaluations import data
from model_service.evaluations.request import EvaluationRequest
from model_service.evaluations.uploads import Uploads
from model_service.models.base import MonitoredModel
from model_service.predictions import log_reader
from model_service.predictions.tables import engine_for

MUCH_OUTSIDE = 0.05


@dataclass(frozen=True)
class Job:
    """What the worker has to know; paths are files on this machine."""

    evaluation_id: str
    model: str
    data_dir: Path
    incoming: Path
    uploads: Path
    database_url: str
    most_rows: int
    asked_at: float
    request: EvaluationRequest
    html_path: Path
    json_path: Path
    rows_path: Path


@dataclass(frozen=True)
class Done:
    """The document, and what a large body said beside its rows."""

    document: bytes
    tags: tuple[str, ...]
    comment: str | None


@cache
def _model(name: str, data_dir: Path) -> MonitoredModel:
    return models.load(name, data_dir)


@cache
def _engine(url: str) -> sa.Engine:
    return engine_for(url, "process")


def warm_up() -> None:
    """Import what an evaluation needs before the first one asks for it."""
    from evaluation.report import evidently

    evidently.warm_up()


def run(report: Callable[[str, float], None], job: Job) -> Done:
    """Evaluate, write the reports to the draft paths and return the document.

    Raises ServiceError for a wrong request and EvaluationError for data that can't be evaluated.
    """
    report("reading rows", 0.02)
    model = _model(job.model, job.data_dir)
    place = data.Place(
        _engine(job.database_url), job.incoming, Uploads(job.uploads), job.most_rows, job.asked_at
    )
    found = data.current(job.request, model, place)
    request = found.request
    report("predicting", 0.1)
    current = data.predicted(found.frame, model)
    reference, warnings = data.reference(found, model, place)
    _write_rows(current, found.identity, job.rows_path)
    target = str(model.schema.target)
    current, reference = (_without_empty(frame, target) for frame in (current, reference))
    training = model.training_rows(current)
    estimated = None
    if target not in current.columns or current[target].isna().any():
        report("estimating quality", 0.12)
        estimated = _estimate(current, model, place)

    def complete(evaluation: Evaluation) -> None:
        evaluation.evaluation_id = job.evaluation_id
        evaluation.model = model.name
        evaluation.model_version = model.version
        evaluation.source = request.words()
        evaluation.reference_source = request.reference.words()
        evaluation.synthetic = request.synthetic
        evaluation.published = request.publish
        evaluation.ignored_fields = found.ignored_fields
        waiting = len(current) - evaluation.rows.with_target
        evaluation.rows = msgspec.structs.replace(
            evaluation.rows, training=training, without_target=waiting
        )
        evaluation.warning_parts += [*found.warnings, *warnings]
        evaluation.estimated = estimated
        if estimated is not None and estimated.outside >= MUCH_OUTSIDE:
            evaluation.warning_parts.append(message("estimate.outside", share=estimated.outside))
        if training:
            evaluation.warning_parts.append(
                message("rows.trained", training=training, rows=len(current))
            )
        if found.ignored_fields:
            evaluation.warning_parts.append(
                message("rows.ignored_fields", names=found.ignored_fields)
            )

    evaluation = evaluate(
        reference,
        current,
        model.schema,
        name=request.name or request.window or request.words(),
        importance=model.importance,
        html_path=job.html_path,
        json_path=job.json_path,
        progress=lambda stage, fraction: report(stage, 0.15 + 0.85 * fraction),
        complete=complete,
    )
    return Done(evaluation.encode(), request.tags, request.comment)


def _estimate(
    current: pd.DataFrame, model: MonitoredModel, place: data.Place
) -> EstimatedQuality | None:
    """From rows whose truth has come, those of the log after those of the training."""
    honest = model.honest_rows()
    logged = log_reader.read_known(place.engine, model, estimate.MOST_REFERENCE)
    columns = [*model.schema.features, str(model.schema.target), model.output]
    frames = [frame[columns] for frame in (honest, logged) if len(frame)]
    if not frames:
        return None
    known = data.predicted(pd.concat(frames, ignore_index=True), model)
    return estimate.estimate(known, current, model.schema)


def _write_rows(current: pd.DataFrame, identity: pd.DataFrame | None, path: Path) -> None:
    """The rows that are scored, as Parquet, with the log's own columns before them."""
    whole = current if identity is None else pd.concat([identity, current], axis=1)
    whole.to_parquet(path, index=False, compression="zstd")


def _without_empty(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    if target in frame.columns and frame[target].isna().all():
        return frame.drop(columns=[target])
    return frame
