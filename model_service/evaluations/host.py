"""The service as a host of the dispatcher: its jobs, errors, metrics and gauges."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evaluation.errors import EvaluationError, RequestUnreadable
from evaluation.jobs.host import Ending
from evaluation.jobs.job import Job
from evaluation.store.records import Stored
from evaluation.store.report_files import ReportFiles
from model_service.errors import InvalidRows, ServiceError, status_of
from model_service.evaluations.images.files import image_limits
from model_service.evaluations.publisher import Publisher
from model_service.evaluations.request import EvaluationRequest
from model_service.evaluations.row_source import ServiceRows
from model_service.models.base import MonitoredModel
from model_service.settings import Settings

log = logging.getLogger(__name__)


class ServiceHost:
    """Evaluates one model. `on_end` is called with each evaluation that ends here."""

    errors: tuple[type[Exception], ...] = (EvaluationError, ServiceError)
    resumes = False

    def __init__(
        self,
        model: MonitoredModel,
        settings: Settings,
        files: ReportFiles,
        publisher: Publisher,
        on_end: Callable[[Ending], None],
    ) -> None:
        self._model, self._settings, self._files = model, settings, files
        self._publisher, self._on_end = publisher, on_end

    def models(self) -> list[str]:
        return [self._model.name]

    def job(self, stored: Stored) -> Job:
        """Build the job of an evaluation. Raises RequestUnreadable."""
        settings, name = self._settings, self._model.name
        source = ServiceRows(
            request=stored.read_request(EvaluationRequest),
            model=self._model.loaded_as,
            data_dir=settings.data_dir,
            incoming=settings.incoming(name),
            uploads=settings.uploads(name),
            database_url=settings.database(name),
            max_rows=settings.most_rows,
            image_limits=image_limits(settings),
            requested_at=stored.created_at,
        )
        return Job(stored.id, source, **self._files.drafts(stored.id, stored.attempts))

    def error_document(self, error: Exception) -> dict[str, Any]:
        return {
            "message": str(error),
            "detail": error.detail if isinstance(error, InvalidRows) else None,
            "status": status_of(error),
        }

    def refresh(self) -> None:
        """Publish the newest evaluation. Raises SQLAlchemyError."""
        self._publisher.refresh()

    def ended(self, ending: Ending) -> None:
        """Count the evaluation, delete its posted rows, and notify who waits for it."""
        self._publisher.metrics.evaluations.labels(ending.state).inc()
        if ending.state != "interrupted":
            drop_posted_rows(ending.stored, self._settings.incoming(self._model.name))
        self._on_end(ending)


def drop_posted_rows(stored: Stored, incoming: Path) -> None:
    """Delete the posted rows of an evaluation; what can't be deleted is left to the retention."""
    try:
        request = stored.read_request(EvaluationRequest)
        if request.body:
            (incoming / request.body).unlink(missing_ok=True)
    except (RequestUnreadable, OSError) as error:
        log.error("evaluation %s: its posted rows could not be deleted: %s", stored.id, error)
