"""Reads the rows of an evaluation: the current rows, and the reference to compare them with."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from evaluation.document import ignore
from evaluation.errors import EmptyData
from evaluation.quality.agreement import agreement
from evaluation.quality.estimate import MAX_REFERENCE
from evaluation.result import Agreement, Message, message
from model_service.errors import BadRequest, NotFound
from model_service.evaluations.images.archive import archive_files
from model_service.evaluations.images.files import ImageLimits
from model_service.evaluations.images.rows import Report, read_images
from model_service.evaluations.request import RowChoice
from model_service.evaluations.uploads import Uploads, check_stored, read_file
from model_service.models.base import MonitoredModel
from model_service.models.image import ImageModel
from model_service.predictions.feedback_table import votes_without_label
from model_service.predictions.formats import ZIP
from model_service.predictions.log_reader import LogReader, LogRows, Stretch


@dataclass(frozen=True)
class RowStore:
    """Where rows are stored, and how many of one side, and of its pictures, are read at most."""

    log: LogReader
    incoming: Path
    uploads: Uploads
    max_rows: int
    image_limits: ImageLimits

    def file_of(self, choice: RowChoice) -> tuple[Path, str] | None:
        """Return the file of posted or uploaded rows and its content type, or None.

        Raises NotFound for an upload that is not stored.
        """
        if choice.upload is not None:
            return self.uploads.find(choice.upload)
        return None if choice.body is None else (self.incoming / choice.body, choice.content_type)


@dataclass(frozen=True)
class SideRows:
    """Inputs, ground truth, and the prediction where the log has it.

    `identity` has the log's own columns of the same rows, or the files of pictures; `start` is
    where their time range begins (epoch seconds). `agreement` is of users, on pictures of the log.
    """

    frame: pd.DataFrame
    identity: pd.DataFrame | None = None
    start: float | None = None
    agreement: Agreement | None = None
    ignored_fields: list[str] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)


class EmptyWindow(EmptyData):
    def __init__(self, side: str, words: str) -> None:
        super().__init__(f"{side} ({words})")


def read_rows(
    choice: RowChoice,
    model: MonitoredModel,
    store: RowStore,
    current: SideRows | None = None,
    report: Report = ignore,
) -> SideRows:
    """Read the rows of one side; a reference may depend on the `current` rows.

    `report` is called with the share of the pictures that are read. Raises ServiceError for wrong
    rows, and EmptyWindow when there are none, or none alike.
    """
    stretch = choice.stretch
    if choice.hours_before is not None and current is not None and current.start is not None:
        start = current.start - 3600 * choice.hours_before
        stretch = Stretch(start, current.start, choice.by)
    if choice.window is not None:
        rows = SideRows(_window(model, choice.window))
    elif choice.drift_kind is not None:
        rows = SideRows(_columns(model.drifted_batch(choice.drift_kind), model))
    elif (file := store.file_of(choice)) is not None:
        rows = _posted(*file, choice, model, store, report)
    elif stretch is not None:
        limit = min(store.max_rows, choice.last_rows or store.max_rows)
        logged = store.log.read(stretch, limit)
        is_cut = logged.more and limit != choice.last_rows
        warnings = [message("rows.cut", limit=limit, side=choice.side)] if is_cut else []
        votes = _agreement(logged, model, store)
        rows = SideRows(logged.frame, logged.identity, logged.start, votes, warnings=warnings)
    else:
        rows = SideRows(model.reference())
    if choice.match is not None and current is not None:
        rows = _alike(rows, current, list(model.alike[choice.match]))
    if rows.frame.empty:
        raise EmptyWindow(choice.side, choice.words)
    return rows


def _posted(
    path: Path,
    content_type: str,
    choice: RowChoice,
    model: MonitoredModel,
    store: RowStore,
    report: Report,
) -> SideRows:
    if content_type != ZIP:
        posted = read_file(path, content_type, model, store.max_rows, need_truth=choice.need_truth)
        return SideRows(posted.frame, ignored_fields=posted.ignored_fields)
    if not isinstance(model, ImageModel):
        raise BadRequest(f"{model.name} takes rows, not pictures: send CSV or Parquet.")
    check_stored(path)
    with archive_files(path, store.image_limits) as files:
        images = read_images(files, model, report, need_truth=choice.need_truth)
    return SideRows(images.frame, images.files, warnings=images.warnings)


def _agreement(logged: LogRows, model: MonitoredModel, store: RowStore) -> Agreement | None:
    if not isinstance(model, ImageModel) or logged.identity.empty:
        return None
    received = logged.identity["received_at"]
    votes = votes_without_label(
        store.log.engine, model, float(received.min()), float(received.max())
    )
    return agreement([votes[each] for each in logged.identity["prediction_id"] if each in votes])


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
