"""The rows of a service's evaluation, read in the worker: with predictions and estimates."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from evaluation.jobs.job import Description, JobRows, Report
from evaluation.quality import estimate
from evaluation.result import EstimatedQuality, Message, message
from model_service import models
from model_service.evaluations import data
from model_service.evaluations.request import EvaluationRequest
from model_service.evaluations.uploads import Uploads
from model_service.models.base import MonitoredModel
from model_service.predictions import log_reader
from model_service.predictions.tables import engine_for

MUCH_OUTSIDE = 0.05


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
    most_rows: int
    requested_at: float

    @contextmanager
    def open(self, report: Report) -> Iterator[JobRows]:
        """Read the rows and predict where predictions are missing.

        Raises ServiceError for a wrong request or wrong rows, and EmptyWindow.
        """
        model = _model(self.model, self.data_dir)
        place = data.Place(
            _engine(self.database_url),
            self.incoming,
            Uploads(self.uploads),
            self.most_rows,
            self.requested_at,
        )
        rows = data.current(self.request, model, place)
        report("predicting", 0.1)
        current = data.predicted(rows.frame, model)
        reference, warnings = data.reference(rows, model, place)
        saved = current if rows.identity is None else pd.concat([rows.identity, current], axis=1)
        target = str(model.schema.target)
        current, reference = (_without_empty(frame, target) for frame in (current, reference))
        estimated = None
        if target not in current.columns or current[target].isna().any():
            report("estimating quality", 0.12)
            estimated = _estimate(current, model, place)
        training_rows = model.training_rows(current)
        request = rows.request
        yield JobRows(
            reference=reference,
            current=current,
            schema=model.schema,
            description=Description(
                name=request.name or request.window or request.words(),
                model=model.name,
                model_version=model.version,
                source=request.words(),
                reference_source=request.reference.words(),
                synthetic=request.synthetic,
                published=request.publish,
            ),
            save=lambda path: saved.to_parquet(path, index=False, compression="zstd"),
            importance=model.importance,
            ignored_fields=rows.ignored_fields,
            warnings=[
                *rows.warnings,
                *warnings,
                *_notes(estimated, training_rows, len(current), rows.ignored_fields),
            ],
            training_rows=training_rows,
            estimated=estimated,
            # what a person has changed meanwhile stays
            tags=None if request.tags == self.request.tags else request.tags,
            comment=None if request.comment == self.request.comment else request.comment,
            expires_seconds=request.expires_seconds,
        )


@cache
def _model(name: str, data_dir: Path) -> MonitoredModel:
    return models.load(name, data_dir)


@cache
def _engine(url: str) -> sa.Engine:
    return engine_for(url, "process")


def _estimate(
    current: pd.DataFrame, model: MonitoredModel, place: data.Place
) -> EstimatedQuality | None:
    """Estimate the quality from rows with ground truth: held-out ones, then those of the log."""
    honest = model.honest_rows()
    logged = log_reader.read_known(place.engine, model, estimate.MOST_REFERENCE)
    columns = [*model.schema.features, str(model.schema.target), model.output]
    frames = [frame[columns] for frame in (honest, logged) if len(frame)]
    if not frames:
        return None
    labelled = data.predicted(pd.concat(frames, ignore_index=True), model)
    return estimate.estimate(labelled, current, model.schema)


def _notes(
    estimated: EstimatedQuality | None, training_rows: int, rows: int, ignored_fields: list[str]
) -> list[Message]:
    """Return the warnings about the rows themselves."""
    notes = []
    if estimated is not None and estimated.outside >= MUCH_OUTSIDE:
        notes.append(message("estimate.outside", share=estimated.outside))
    if training_rows:
        notes.append(message("rows.trained", training=training_rows, rows=rows))
    if ignored_fields:
        notes.append(message("rows.ignored_fields", names=ignored_fields))
    return notes


def _without_empty(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    if target in frame.columns and frame[target].isna().all():
        return frame.drop(columns=[target])
    return frame
