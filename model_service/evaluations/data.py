"""Reads the rows of an evaluation: the current rows, and the reference to compare them with."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from evaluation.errors import EmptyData
from evaluation.quality.estimate import MAX_REFERENCE
from evaluation.result import Message, message
from model_service.errors import NotFound
from model_service.evaluations.request import RowChoice
from model_service.evaluations.uploads import Uploads, read_file
from model_service.models.base import MonitoredModel
from model_service.predictions.log_reader import LogReader, Stretch


@dataclass(frozen=True)
class RowStore:
    """Where rows are stored, and how many of one side are read at most."""

    log: LogReader
    incoming: Path
    uploads: Uploads
    max_rows: int


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


def read_rows(
    choice: RowChoice, model: MonitoredModel, store: RowStore, current: SideRows | None = None
) -> SideRows:
    """Read the rows of one side; a reference may depend on the `current` rows.

    Raises ServiceError for wrong rows, and EmptyWindow when there are none, or none alike.
    """
    stretch = choice.stretch
    if choice.hours_before is not None and current is not None and current.start is not None:
        start = current.start - 3600 * choice.hours_before
        stretch = Stretch(start, current.start, choice.by)
    if choice.window is not None:
        rows = SideRows(_window(model, choice.window))
    elif choice.drift_kind is not None:
        rows = SideRows(_columns(model.drifted_batch(choice.drift_kind), model))
    elif choice.upload is not None or choice.body is not None:
        path, content_type = (
            store.uploads.find(choice.upload)
            if choice.upload is not None
            else (store.incoming / str(choice.body), choice.content_type)
        )
        posted = read_file(path, content_type, model, store.max_rows, need_truth=choice.need_truth)
        rows = SideRows(posted.frame, ignored_fields=posted.ignored_fields)
    elif stretch is not None:
        limit = min(store.max_rows, choice.last_rows or store.max_rows)
        logged = store.log.read(stretch, limit)
        is_cut = logged.more and limit != choice.last_rows
        warnings = [message("rows.cut", limit=limit, side=choice.side)] if is_cut else []
        rows = SideRows(logged.frame, logged.identity, logged.start, warnings=warnings)
    else:
        rows = SideRows(model.reference())
    if choice.match is not None and current is not None:
        rows = _alike(rows, current, list(model.alike[choice.match]))
    if rows.frame.empty:
        raise EmptyWindow(choice.side, choice.words)
    return rows


def labelled_rows(model: MonitoredModel, log: LogReader) -> pd.DataFrame:
    """Return rows with ground truth: held-out ones, then those of the log. Empty without any."""
    held_out, logged = model.honest_rows(), log.read_known(MAX_REFERENCE)
    columns = [*model.schema.features, str(model.schema.target), model.output]
    frames = [frame[columns] for frame in (held_out, logged) if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _alike(rows: SideRows, current: SideRows, columns: list[str]) -> SideRows:
    current_keys = set(current.frame[columns].itertuples(index=False, name=None))
    keys = rows.frame[columns].itertuples(index=False, name=None)
    frame = rows.frame[[key in current_keys for key in keys]].reset_index(drop=True)
    return replace(rows, frame=frame, identity=None)


def _window(model: MonitoredModel, name: str) -> pd.DataFrame:
    try:
        return _columns(model.window(name), model)
    except KeyError:
        names = ", ".join(window.name for window in model.windows())
        raise NotFound(f"There is no window {name!r}. There are: {names}.") from None


def _columns(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    return frame[[*(field.name for field in model.inputs), model.truth.name]]
