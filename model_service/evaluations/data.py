"""Reads the rows of an evaluation: the current rows, and the reference to compare them with."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from evaluation.errors import EmptyData
from evaluation.result import Message, message
from model_service.errors import NotFound
from model_service.evaluations.request import EvaluationRequest
from model_service.evaluations.uploads import Uploads
from model_service.models.base import MonitoredModel
from model_service.predictions import log_reader, rows
from model_service.predictions.log_reader import Stretch


@dataclass(frozen=True)
class RowStore:
    """Where rows are stored; "the last hours" end at `requested_at` (epoch seconds)."""

    engine: sa.Engine
    incoming: Path
    uploads: Uploads
    max_rows: int
    requested_at: float


@dataclass(frozen=True)
class CurrentRows:
    """Inputs, ground truth, and the prediction where the log has it.

    `identity` has the log's own columns of the same rows, `stretch` their times.
    """

    frame: pd.DataFrame
    identity: pd.DataFrame | None = None
    stretch: Stretch | None = None
    ignored_fields: list[str] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)


class EmptyWindow(EmptyData):
    def __init__(self, side: str, words: str) -> None:
        super().__init__(f"{side} ({words})")


def read_current(request: EvaluationRequest, model: MonitoredModel, store: RowStore) -> CurrentRows:
    """Read the rows to evaluate. Raises ServiceError for wrong rows, and EmptyWindow."""
    if request.source == "log":
        return _read_log(request, model, store)
    if request.source == "window":
        return CurrentRows(_window(model, str(request.window)))
    if request.source == "drifted":
        return CurrentRows(_columns(model.drifted_batch(str(request.drift_kind)), model))
    if request.source == "upload":
        path, content_type = store.uploads.find(str(request.upload))
    else:
        path, content_type = store.incoming / str(request.body), request.content_type
    return _read_file(path, content_type, model, store.max_rows, need_truth=request.need_truth)


def read_reference(
    request: EvaluationRequest, current: CurrentRows, model: MonitoredModel, store: RowStore
) -> tuple[pd.DataFrame, list[Message]]:
    """Read the rows to compare with, and warnings.

    Raises ServiceError for wrong rows, and EmptyWindow when there are none, or none alike.
    """
    choice, warnings = request.reference, []
    start = current.stretch.start if current.stretch else None
    stretch = choice.stretch(request.by, start)
    if choice.window is not None:
        frame = _window(model, choice.window)
    elif choice.upload is not None:
        path, content_type = store.uploads.find(choice.upload)
        frame = _read_file(path, content_type, model, store.max_rows, need_truth=False).frame
    elif stretch is not None:
        logged = log_reader.read(store.engine, model, stretch, store.max_rows)
        frame = logged.frame.drop(columns=list(log_reader.IDENTITY))
        if logged.more:
            warnings.append(message("rows.cut", limit=store.max_rows, side="reference"))
    else:
        frame = model.reference()
    if choice.match is not None and not frame.empty:
        columns = list(model.alike[choice.match])
        current_keys = set(current.frame[columns].itertuples(index=False, name=None))
        keys = frame[columns].itertuples(index=False, name=None)
        frame = frame[[key in current_keys for key in keys]].reset_index(drop=True)
    if frame.empty:
        raise EmptyWindow("reference", choice.words())
    return frame, warnings


def _read_file(
    path: Path, content_type: str, model: MonitoredModel, max_rows: int, *, need_truth: bool
) -> CurrentRows:
    """Read an uploaded or posted file; ground truth that it does not have is NaN."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(
            "The posted rows are no longer stored (they are deleted when their evaluation has "
            "ended): post them again."
        ) from None
    decoded = rows.read(content, content_type, model, max_rows, need_truth=need_truth)
    frame = decoded.frame
    if model.truth.name not in frame.columns:
        frame = frame.assign(**{model.truth.name: float("nan")})
    return CurrentRows(frame, ignored_fields=decoded.ignored_fields)


def _read_log(request: EvaluationRequest, model: MonitoredModel, store: RowStore) -> CurrentRows:
    stretch, limit = Stretch(by=request.by), store.max_rows
    if request.interval is not None:
        stretch = request.interval.stretch(request.by)
    elif request.last_hours is not None:
        # events may be of another year: their last hours end at the newest event
        end = store.requested_at
        if request.by == "event":
            end = log_reader.newest(store.engine, model, "event") or end
        stretch = Stretch(end - 3600 * request.last_hours, None, request.by)
    elif request.last_rows is not None:
        limit = min(limit, request.last_rows)
    logged = log_reader.read(store.engine, model, stretch, limit)
    if logged.frame.empty:
        raise EmptyWindow("current", request.words())
    identity = logged.frame[list(log_reader.IDENTITY)]
    moments = identity["event_at" if request.by == "event" else "received_at"]
    start = stretch.start if stretch.start is not None else float(moments.min())
    is_cut = logged.more and limit != request.last_rows
    return CurrentRows(
        logged.frame.drop(columns=list(log_reader.IDENTITY)),
        identity,
        Stretch(start, stretch.end, request.by),
        warnings=[message("rows.cut", limit=limit, side="current")] if is_cut else [],
    )


def _window(model: MonitoredModel, name: str) -> pd.DataFrame:
    try:
        return _columns(model.window(name), model)
    except KeyError:
        names = ", ".join(window.name for window in model.windows())
        raise NotFound(f"There is no window {name!r}. There are: {names}.") from None


def _columns(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    return frame[[*(field.name for field in model.inputs), model.truth.name]]
