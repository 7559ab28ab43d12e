"""The rows of a service's evaluation, read in the worker: with predictions and estimates."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from evaluation.jobs.job import READING_SHARE, Description, JobRows, Report
from evaluation.quality import estimate
from model_service.evaluations.data import RowStore, SideRows, labelled_rows, read_rows
from model_service.evaluations.images.files import ImageLimits
from model_service.evaluations.request import EvaluationRequest, RowChoice
from model_service.evaluations.request_body import add_posted_options
from model_service.evaluations.uploads import Uploads
from model_service.models import load
from model_service.models.base import MonitoredModel
from model_service.models.outputs import with_predictions, without_empty_truth
from model_service.predictions.formats import ZIP
from model_service.predictions.log_reader import LogReader, open_log

IMAGES_SHARE = 0.8


@dataclass(frozen=True)
class ServiceRows:
    """Reads windows, the log, uploads and posted rows; paths are files on this machine.

    `requested_at` is in epoch seconds.
    """

    request: EvaluationRequest
    model: str
    data_dir: Path
    incoming: Path
    uploads: Path
    database_url: str
    max_rows: int
    image_limits: ImageLimits
    requested_at: float

    @contextmanager
    def open(self, report: Report) -> Iterator[JobRows]:
        """Read the rows and predict where predictions are missing.

        Raises ServiceError for a wrong request or wrong rows, and EmptyWindow.
        """
        model, log = _load(self.model, self.data_dir, self.database_url)
        store = RowStore(
            log, self.incoming, Uploads(self.uploads), self.max_rows, self.image_limits
        )
        request = add_posted_options(self.request, self.incoming, model)
        choices = request.choices(self.requested_at)
        pictures = [_has_pictures(store, choice) for choice in choices]
        share = IMAGES_SHARE if any(pictures) else READING_SHARE
        rows, reference_rows = _read_sides(choices, pictures, model, store, report, 0.7 * share)
        target = str(model.schema.target)
        frames = [rows.frame, reference_rows.frame]
        if target not in rows.frame.columns or rows.frame[target].isna().any():
            frames.append(labelled_rows(model, log))
        report("predicting", 0.7 * share)
        current, reference, *labelled = (
            with_predictions(frame, model) for frame in frames if len(frame)
        )
        saved = current if rows.identity is None else pd.concat([rows.identity, current], axis=1)
        current, reference = (without_empty_truth(frame, target) for frame in (current, reference))
        estimated = None
        if labelled:
            report("estimating quality", 0.8 * share)
            estimated = estimate.estimate(labelled[0], current, model.schema)
        yield JobRows(
            reference=reference,
            current=current,
            schema=model.schema,
            description=_description(request, model),
            save=lambda path: saved.to_parquet(path, index=False, compression="zstd"),
            importance=model.importance,
            ignored_fields=rows.ignored_fields,
            warnings=[*rows.warnings, *reference_rows.warnings],
            training_rows=model.training_rows(current),
            estimated=estimated,
            agreement=rows.agreement,
            # what a person has changed meanwhile stays
            tags=None if request.tags == self.request.tags else request.tags,
            comment=None if request.comment == self.request.comment else request.comment,
            expires_seconds=request.expires_seconds,
            reading_share=share,
        )


def _read_sides(
    choices: tuple[RowChoice, RowChoice],
    pictures: list[bool],
    model: MonitoredModel,
    store: RowStore,
    report: Report,
    end: float,
) -> tuple[SideRows, SideRows]:
    """Read current and reference rows; their progress is divided among the sides with pictures."""
    middle = end * pictures[0] / max(sum(pictures), 1)
    rows = read_rows(choices[0], model, store, report=_part(report, 0.01, middle))
    return rows, read_rows(choices[1], model, store, rows, _part(report, middle, end))


def _description(request: EvaluationRequest, model: MonitoredModel) -> Description:
    return Description(
        name=request.name or request.window or request.words(),
        model=model.name,
        model_version=model.version,
        source=request.words(),
        reference_source=request.reference.words(),
        synthetic=request.synthetic,
        published=request.publish,
    )


def _has_pictures(store: RowStore, choice: RowChoice) -> bool:
    file = store.file_of(choice)
    return file is not None and file[1] == ZIP


def _part(report: Report, start: float, end: float) -> Report:
    """Return a report of a part of the evaluation, which goes from `start` to `end`."""
    return lambda stage, fraction: report(stage, start + (end - start) * fraction)


@cache
def _load(name: str, data_dir: Path, database_url: str) -> tuple[MonitoredModel, LogReader]:
    model = load(name, data_dir)
    return model, open_log(database_url, model)
