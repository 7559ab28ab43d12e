"""Reads the rows of an evaluation: the current rows, and the reference to compare them with."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from evaluation.errors import EmptyData
from evaluation.result import Message, message
from model_service.errors import NotFound
from model_service.evaluations.request import EvaluationRequest
from model_service.evaluations.uploads import Uploads, read_file
from model_service.models.base import MonitoredModel
from model_service.predictions import log_reader
from model_service.predictions.formats import JSON
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
class SideRows:
    """Inputs, ground truth, and the prediction where the log has it.

    `identity` has the log's own columns of the same rows, `start` is where their time range
    begins (epoch seconds).
    """

    frame: pd.DataFrame
    identity: pd.DataFrame | None = None
    start: float | None = None
    ignored_fields: list[str] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)


class EmptyWindow(EmptyData):
    def __init__(self, side: str, words: str) -> None:
        super().__init__(f"{side} ({words})")


@dataclass(frozen=True, kw_only=True)
class RowChoice:
    """The rows of one side: those of the source that is set, else the training data.

    `stretch` is a time range of the log, of which `last_rows` keeps the newest.
    """

    side: str
    words: str
    window: str | None = None
    drift_kind: str | None = None
    upload: str | None = None
    body: str | None = None
    content_type: str = JSON
    need_truth: bool = False
    stretch: Stretch | None = None
    last_rows: int | None = None


def read_current(request: EvaluationRequest, model: MonitoredModel, store: RowStore) -> SideRows:
    """Read the rows to evaluate. Raises ServiceError for wrong rows, and EmptyWindow."""
    choice = RowChoice(
        side="current",
        words=request.words(),
        window=request.window,
        drift_kind=request.drift_kind,
        upload=request.upload,
        body=str(request.body) if request.source == "rows" else None,
        content_type=request.content_type,
        need_truth=request.need_truth,
        stretch=_stretch(request, model, store) if request.source == "log" else None,
        last_rows=request.last_rows,
    )
    return _read(choice, model, store)


def read_reference(
    request: EvaluationRequest, current: SideRows, model: MonitoredModel, store: RowStore
) -> SideRows:
    """Read the rows to compare with.

    Raises ServiceError for wrong rows, and EmptyWindow when there are none, or none alike.
    """
    reference = request.reference
    choice = RowChoice(
        side="reference",
        words=reference.words(),
        window=reference.window,
        upload=reference.upload,
        stretch=reference.stretch(request.by, current.start),
    )
    rows = _read(choice, model, store)
    if reference.match is None:
        return rows
    columns = list(model.alike[reference.match])
    current_keys = set(current.frame[columns].itertuples(index=False, name=None))
    keys = rows.frame[columns].itertuples(index=False, name=None)
    frame = rows.frame[[key in current_keys for key in keys]].reset_index(drop=True)
    if frame.empty:
        raise EmptyWindow(choice.side, choice.words)
    return replace(rows, frame=frame, identity=None)


def _stretch(request: EvaluationRequest, model: MonitoredModel, store: RowStore) -> Stretch:
    if request.interval is not None:
        return request.interval.stretch(request.by)
    if request.last_hours is None:
        return Stretch(by=request.by)
    # events may be of another year: their last hours end at the newest event
    end = store.requested_at
    if request.by == "event":
        end = log_reader.newest(store.engine, model, "event") or end
    return Stretch(end - 3600 * request.last_hours, None, request.by)


def _read(choice: RowChoice, model: MonitoredModel, store: RowStore) -> SideRows:
    if choice.window is not None:
        rows = SideRows(_window(model, choice.window))
    elif choice.drift_kind is not None:
        rows = SideRows(_columns(model.drifted_batch(choice.drift_kind), model))
    elif choice.upload is not None:
        upload = store.uploads.read(
            choice.upload, model, store.max_rows, need_truth=choice.need_truth
        )
        rows = SideRows(upload.frame, ignored_fields=upload.ignored_fields)
    elif choice.body is not None:
        posted = read_file(
            store.incoming / choice.body, choice.content_type, model, store.max_rows,
            need_truth=choice.need_truth,
        )  # fmt: skip
        rows = SideRows(posted.frame, ignored_fields=posted.ignored_fields)
    elif choice.stretch is not None:
        rows = _read_log(choice, choice.stretch, model, store)
    else:
        rows = SideRows(model.reference())
    if rows.frame.empty:
        raise EmptyWindow(choice.side, choice.words)
    return rows


def _read_log(
    choice: RowChoice, stretch: Stretch, model: MonitoredModel, store: RowStore
) -> SideRows:
    limit = min(store.max_rows, choice.last_rows or store.max_rows)
    logged = log_reader.read(store.engine, model, stretch, limit)
    identity = logged.frame[list(log_reader.IDENTITY)]
    start = stretch.start
    if start is None and not identity.empty:
        start = float(identity["event_at" if stretch.by == "event" else "received_at"].min())
    is_cut = logged.more and limit != choice.last_rows
    return SideRows(
        logged.frame.drop(columns=list(log_reader.IDENTITY)),
        identity,
        start,
        warnings=[message("rows.cut", limit=limit, side=choice.side)] if is_cut else [],
    )


def _window(model: MonitoredModel, name: str) -> pd.DataFrame:
    try:
        return _columns(model.window(name), model)
    except KeyError:
        names = ", ".join(window.name for window in model.windows())
        raise NotFound(f"There is no window {name!r}. There are: {names}.") from None


def _columns(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    return frame[[*(field.name for field in model.inputs), model.truth.name]]
