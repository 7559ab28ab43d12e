"""From what was asked to rows: the current data and what they are held against."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import sqlalchemy as sa

from evaluation.errors import EmptyData
from evaluation.result import Message, message
from model_service.errors import BadRequest, NotFound
from model_service.evaluations.request import EvaluationRequest, Reference, asked_for, check
from model_service.evaluations.uploads import Uploads
from model_service.models.base import MonitoredModel
from model_service.predictions import log_reader, rows
from model_service.predictions.formats import JSON
from model_service.predictions.log_reader import Stretch


@dataclass(frozen=True)
class Place:
    """Where rows are found; `asked_at` (epoch seconds) is what "the last hours" count from."""

    engine: sa.Engine
    incoming: Path
    uploads: Uploads
    most_rows: int
    asked_at: float


@dataclass(frozen=True)
class Current:
    """The rows to evaluate: inputs, truth, and prediction where the log has it; `identity` are the
    log's own columns of the same rows. `request` has what a body adds to it."""

    request: EvaluationRequest
    frame: pd.DataFrame
    identity: pd.DataFrame | None = None
    stretch: Stretch | None = None
    ignored_fields: list[str] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)


def current(request: EvaluationRequest, model: MonitoredModel, place: Place) -> Current:
    """Raises ServiceError for a wrong request or wrong rows, and EmptyWindow."""
    if request.source == "window":
        return Current(request, _window(model, str(request.window)))
    if request.source == "drifted":
        return Current(request, _known(model.drifted_batch(str(request.drift_kind)), model))
    if request.source == "log":
        return _of_log(request, model, place)
    if request.source == "upload":
        path, content_type = place.uploads.find(str(request.upload))
        found = rows.read(path.read_bytes(), content_type, model, place.most_rows, need_truth=False)
        return Current(
            request, _with_truth(found.frame, model), ignored_fields=found.ignored_fields
        )
    return _posted(request, model, place)


def reference(
    of: Current, model: MonitoredModel, place: Place
) -> tuple[pd.DataFrame, list[Message]]:
    """The rows that the current ones are held against, with prediction, and warnings.

    Raises EmptyWindow when there are none, or none that are alike.
    """
    asked = of.request.reference
    frame, warnings = _reference(asked, of, model, place)
    if frame.empty:
        raise EmptyWindow("reference", asked.words())
    if asked.match is not None:
        columns = list(model.alike[asked.match])
        known = set(of.frame[columns].itertuples(index=False, name=None))
        alike = [key in known for key in frame[columns].itertuples(index=False, name=None)]
        frame = frame[alike].reset_index(drop=True)
        if frame.empty:
            raise EmptyWindow("reference", asked.words())
    return predicted(frame, model), warnings


def predicted(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    """The frame with what the model gives, made here where it is not there, and predictions."""
    prediction = str(model.schema.prediction)
    if model.output not in frame.columns:
        made = model.predict_many(frame[list(model.schema.features)])
        frame = frame.assign(**{model.output: made})
    if prediction not in frame.columns:
        decided = model.decide(frame[model.output].to_numpy(dtype="float64"))
        frame = frame.assign(**{prediction: decided})
    return frame


class EmptyWindow(EmptyData):
    def __init__(self, side: str, words: str) -> None:
        super().__init__(f"{side} ({words})")


def _posted(request: EvaluationRequest, model: MonitoredModel, place: Place) -> Current:
    assert request.body is not None
    path = place.incoming / request.body
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(
            "The posted rows are not kept any more (they are kept until their evaluation has "
            "ended): post them again."
        ) from None
    if request.content_type == JSON:
        asked = asked_for(body)
        if asked.source != "rows":
            raise BadRequest('The body has no "data".')
        check(asked, model)
        of_body: dict[str, Any] = {"name": asked.name, "tags": asked.tags, "comment": asked.comment}
        if not request.need_truth:
            of_body |= {
                "publish": request.publish or asked.publish,
                "reference": asked.reference,
            }
        request = msgspec.structs.replace(request, **of_body)
    found = rows.read(
        body, request.content_type, model, place.most_rows, need_truth=request.need_truth
    )
    return Current(request, _with_truth(found.frame, model), ignored_fields=found.ignored_fields)


def _of_log(request: EvaluationRequest, model: MonitoredModel, place: Place) -> Current:
    stretch, limit = Stretch(by=request.by), place.most_rows
    if request.interval is not None:
        stretch = request.interval.stretch(request.by)
    elif request.last_hours is not None:
        # event times may be of another year: their last hours are those before the newest one
        end = place.asked_at
        if request.by == "event":
            end = log_reader.newest(place.engine, model, "event") or end
        stretch = Stretch(end - 3600 * request.last_hours, None, request.by)
    elif request.last_rows is not None:
        limit = min(limit, request.last_rows)
    found = log_reader.read(place.engine, model, stretch, limit)
    if found.frame.empty:
        raise EmptyWindow("current", request.words())
    identity = found.frame[list(log_reader.IDENTITY)]
    frame = found.frame.drop(columns=list(log_reader.IDENTITY))
    moments = identity["event_at" if request.by == "event" else "received_at"]
    start = stretch.start if stretch.start is not None else float(moments.min())
    return Current(
        request,
        frame,
        identity,
        Stretch(start, stretch.end, request.by),
        warnings=_cut(found.more and limit != request.last_rows, "current", limit),
    )


def _reference(
    asked: Reference, of: Current, model: MonitoredModel, place: Place
) -> tuple[pd.DataFrame, list[Message]]:
    if asked.window is not None:
        return _window(model, asked.window), []
    if asked.upload is not None:
        path, content_type = place.uploads.find(asked.upload)
        found = rows.read(path.read_bytes(), content_type, model, place.most_rows, need_truth=False)
        return _with_truth(found.frame, model), []
    if asked.interval is not None:
        stretch = asked.interval.stretch(of.request.by)
    elif asked.hours_before is not None and of.stretch is not None:
        end = of.stretch.start
        assert end is not None
        stretch = Stretch(end - 3600 * asked.hours_before, end, of.request.by)
    else:
        return model.reference(), []
    read = log_reader.read(place.engine, model, stretch, place.most_rows)
    frame = read.frame.drop(columns=list(log_reader.IDENTITY))
    return frame, _cut(read.more, "reference", place.most_rows)


def _cut(more: bool, side: str, limit: int) -> list[Message]:
    return [message("rows.cut", limit=limit, side=side)] if more else []


def _with_truth(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    if model.truth.name in frame.columns:
        return frame
    return frame.assign(**{model.truth.name: float("nan")})


def _window(model: MonitoredModel, name: str) -> pd.DataFrame:
    try:
        return _known(model.window(name), model)
    except KeyError:
        known = ", ".join(window.name for window in model.windows())
        raise NotFound(f"There is no window {name!r}. There are: {known}.") from None


def _known(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    return frame[[*(field.name for field in model.inputs), model.truth.name]]
