"""The job that a worker process runs: from the bytes of a request to a kept evaluation."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec
import pandas as pd
import sqlalchemy as sa

from evaluation import Evaluation, evaluate
from evaluation.errors import EmptyData
from model_service import models, rows
from model_service.errors import BadRequest, NotFound
from model_service.models.base import MonitoredModel
from model_service.prediction_log import engine_for, read_since
from model_service.requests import EvaluationRequest, asked_for


@dataclass(frozen=True)
class Job:
    """What the worker has to know; paths are files on this machine."""

    evaluation_id: str
    model: str
    data_dir: Path
    database_url: str
    most_rows: int
    request: EvaluationRequest
    body: Path | None
    html_path: Path
    json_path: Path


@cache
def _model(name: str, data_dir: Path) -> MonitoredModel:
    return models.load(name, data_dir)


@cache
def _reference(name: str, data_dir: Path) -> pd.DataFrame:
    return _model(name, data_dir).reference()


@cache
def _engine(url: str) -> sa.Engine:
    return engine_for(url, "process")


def warm_up() -> None:
    """Import what an evaluation needs before the first one asks for it."""
    from evaluation import report

    report.warm_up()


def run(report: Callable[[str, float], None], job: Job) -> bytes:
    """Evaluate, write the reports to the draft paths and return the document.

    Raises ServiceError for a wrong request and EvaluationError for data that can't be evaluated.
    """
    report("reading rows", 0.02)
    model = _model(job.model, job.data_dir)
    request, current, ignored = _current(job, model)
    features = list(model.schema.features)
    prediction = str(model.schema.prediction)
    if prediction not in current.columns:
        report("predicting", 0.1)
        current = current.assign(**{prediction: model.predict_many(current[features])})
    if current[str(model.schema.target)].isna().all():
        current = current.drop(columns=[str(model.schema.target)])
    training = model.training_rows(current)

    def complete(evaluation: Evaluation) -> None:
        evaluation.evaluation_id = job.evaluation_id
        evaluation.model = model.name
        evaluation.model_version = model.version
        evaluation.source = request.words()
        evaluation.synthetic = request.synthetic
        evaluation.published = request.publish
        evaluation.ignored_fields = ignored
        evaluation.rows = msgspec.structs.replace(evaluation.rows, training=training)
        if training:
            evaluation.warnings.append(
                f"{training} of {len(current)} rows are rows that the model was trained on."
            )
        if ignored:
            evaluation.warnings.append(f"Fields that were ignored: {', '.join(ignored[:20])}.")

    evaluation = evaluate(
        _reference(job.model, job.data_dir),
        current,
        model.schema,
        name=request.name or request.window or request.words(),
        importance=model.importance,
        html_path=job.html_path,
        json_path=job.json_path,
        progress=lambda stage, fraction: report(stage, 0.15 + 0.85 * fraction),
        complete=complete,
    )
    return evaluation.encode()


def _current(job: Job, model: MonitoredModel) -> tuple[EvaluationRequest, pd.DataFrame, list[str]]:
    request = job.request
    if request.source == "window":
        return request, _window(model, str(request.window)), []
    if request.source == "drifted":
        return request, _known(model.drifted_batch(str(request.drift_kind)), model), []
    if request.source == "log":
        since = time.time() - 3600 * float(request.last_hours or 0)
        frame = read_since(_engine(job.database_url), model, since, job.most_rows)
        if frame.empty:
            raise EmptyLog(request.words())
        return request, frame, []
    assert job.body is not None
    body = job.body.read_bytes()
    if request.content_type == rows.JSON:
        asked = asked_for(body)
        if asked.source != "rows":
            raise BadRequest('The body has no "data".')
        publish = request.publish or (asked.publish and not request.need_truth)
        request = replace(request, name=asked.name, publish=publish)
    found = rows.read(
        body, request.content_type, model, job.most_rows, need_truth=request.need_truth
    )
    frame = found.frame
    if model.truth.name not in frame.columns:
        frame = frame.assign(**{model.truth.name: float("nan")})
    return request, frame, found.ignored_fields


class EmptyLog(EmptyData):
    def __init__(self, words: str) -> None:
        super().__init__(f"current ({words})")


def _window(model: MonitoredModel, name: str) -> pd.DataFrame:
    try:
        return _known(model.window(name), model)
    except KeyError:
        known = ", ".join(window.name for window in model.windows())
        raise NotFound(f"There is no window {name!r}. There are: {known}.") from None


def _known(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    return frame[[*(field.name for field in model.inputs), model.truth.name]]
