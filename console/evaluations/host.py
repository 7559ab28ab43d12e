"""The console as a host of the dispatcher: its jobs, and what it deletes after a while."""

import logging
import shutil
import time
from pathlib import Path
from typing import Any

from console.errors import ConsoleError
from console.evaluations.local_rows import LocalRows
from console.evaluations.request import EvaluationRequest
from console.evaluations.row_sources import RowSources
from evaluation.errors import EvaluationError
from evaluation.jobs.host import Ending
from evaluation.jobs.job import Job
from evaluation.jobs.queue import JobQueue
from evaluation.store.records import Stored, epoch
from evaluation.store.retention import drop_older

log = logging.getLogger(__name__)

KEEP_UPLOADS_SECONDS = 7 * 86_400.0
RETENTION_SECONDS = 3600.0


class ConsoleHost:
    """Evaluates the models whose services do not; `folder` has the console's own files."""

    errors: tuple[type[Exception], ...] = (EvaluationError, ConsoleError)
    resumes = True

    def __init__(self, queue: JobQueue, row_sources: RowSources, folder: Path) -> None:
        self._queue, self._row_sources, self._folder = queue, row_sources, folder
        self._retained_at = -RETENTION_SECONDS

    def models(self) -> list[str]:
        return self._queue.models()

    def job(self, stored: Stored) -> Job:
        """Build the job of an evaluation. Raises RequestUnreadable."""
        source = LocalRows(
            request=stored.read_request(EvaluationRequest),
            model=stored.model,
            row_sources=self._row_sources,
            profiles=self._folder / "profiles",
            spill=self._folder / "spill",
        )
        drafts = self._queue.store.files.drafts(stored.id, stored.attempts)
        return Job(stored.id, source, **drafts)

    def error_document(self, error: Exception) -> dict[str, Any]:
        return {"message": str(error)}

    def refresh(self) -> None:
        """Delete old uploads once an hour, and the temporary files of a process that was killed.

        Raises SQLAlchemyError.
        """
        if time.monotonic() - self._retained_at < RETENTION_SECONDS:
            return
        self._retained_at = time.monotonic()
        try:
            drop_older(self._row_sources.uploads.glob("*"), epoch() - KEEP_UPLOADS_SECONDS)
        except OSError as error:
            log.warning("old uploads could not be deleted: %s", error)
        if not self._queue.models():
            shutil.rmtree(self._folder / "spill", ignore_errors=True)

    def ended(self, ending: Ending) -> None:
        """Do nothing: pages read the state of an evaluation from the store."""
