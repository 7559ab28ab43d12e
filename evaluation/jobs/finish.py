"""Stores how an evaluation ended: its result and reports, or its error."""

import logging
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from evaluation.errors import (
    JobCancelled,
    JobFailed,
    PoolClosed,
    StoreUnavailable,
)
from evaluation.jobs.host import Ending, Host
from evaluation.jobs.job import JobResult
from evaluation.jobs.queue import JobQueue
from evaluation.jobs.recovery import INTERRUPTED
from evaluation.result import Evaluation
from evaluation.store.records import Outcome, Stored, epoch

log = logging.getLogger(__name__)

# how long a result is retried while a database server does not answer
RETRY_SECONDS = 60.0
STOP_SECONDS = 10.0


class Finisher:
    """Stores the ends of evaluations, one at a time, and notifies the host."""

    def __init__(self, queue: JobQueue, host: Host, stopping: threading.Event) -> None:
        self._queue, self._host, self._stopping = queue, host, stopping
        self._store = queue.store
        self._retry_until: float | None = None

    def finish(self, stored: Stored, future: "Future[JobResult]") -> bool:
        """Store the outcome of a job; return False when it has to be retried later."""
        try:
            result = future.result(STOP_SECONDS)
            evaluation = Evaluation.decode(result.document)
        except FutureTimeoutError:
            self.fail(stored, PoolClosed())
            return True
        except self._host.errors as error:
            self.fail(stored, error)
            return True
        except Exception as error:
            # the outermost edge of a job: whatever it raised, the next one has its turn
            log.exception("evaluation %s failed with an unexpected error", stored.id)
            self.fail(stored, JobFailed(stored.id, str(error)))
            return True
        try:
            is_ours = self._store_result(stored, evaluation, result)
        except (SQLAlchemyError, OSError) as error:
            if self._will_retry(error):
                log.warning("evaluation %s waits for the database: %s", stored.id, error)
                return False
            self.fail(stored, StoreUnavailable(error))
            return True
        if is_ours:
            self._notify(Ending(stored, "succeeded", evaluation))
        else:
            self.fail(stored, JobCancelled())
        return True

    def fail(self, stored: Stored, error: Exception) -> None:
        """Store the error of an evaluation and delete its files. Raises nothing."""
        if self._stopping.is_set() and isinstance(error, JobCancelled | PoolClosed):
            ending = Ending(stored, "interrupted", error=PoolClosed())
        elif isinstance(error, JobCancelled):
            ending = Ending(stored, "cancelled", error=error)
        else:
            ending = Ending(stored, "failed", error=error)
        log.warning("evaluation %s %s: %s", stored.id, ending.state, error)
        try:
            if ending.state != "interrupted" or not self._host.resumes:
                self._store_error(ending, error)
        except SQLAlchemyError as store_error:
            log.error("evaluation %s: its error could not be stored: %s", stored.id, store_error)
        except OSError as file_error:
            log.error("evaluation %s: its files could not be deleted: %s", stored.id, file_error)
        finally:
            self._notify(ending)

    def _store_result(self, stored: Stored, evaluation: Evaluation, result: JobResult) -> bool:
        expires_at = None
        if evaluation.synthetic:
            expires_at = epoch() + (result.expires_seconds or 0.0)
        is_ours = self._queue.finish(
            stored.id,
            Outcome(evaluation, expires_at, result.tags, result.comment),
            lambda: self._store.files.keep(stored.id, stored.attempts),
        )
        if is_ours and evaluation.published:
            try:
                # before the answer: a caller may read the gauges next
                self._host.refresh()
            except SQLAlchemyError as error:
                log.warning("the gauges wait for the database: %s", error)
        return is_ours

    def _will_retry(self, error: Exception) -> bool:
        """Return whether to wait: a database server may come back, a full disk does not."""
        on_server = self._store.engine.dialect.name != "sqlite"
        if not isinstance(error, OperationalError) or not on_server or self._stopping.is_set():
            return False
        if self._retry_until is None:
            self._retry_until = time.monotonic() + RETRY_SECONDS
        return time.monotonic() < self._retry_until

    def _store_error(self, ending: Ending, error: Exception) -> None:
        stored = ending.stored
        document = self._host.error_document(error)
        if ending.state == "interrupted":
            document["message"] = INTERRUPTED
        changed = False
        try:
            # the error first: drafts that can't be deleted must not keep the job running for
            # ever; one that was cancelled is stored as cancelled already
            if ending.state != "cancelled":
                changed = self._queue.fail(stored.id, document, ending.state)
        finally:
            self._store.files.drop_drafts(stored.id, stored.attempts)
        latest = self._store.get(stored.id)
        # the files of one that another replica took over belong to that replica
        if changed or (latest is not None and latest.done and latest.state != "succeeded"):
            self._store.files.drop(stored.id)

    def _notify(self, ending: Ending) -> None:
        self._retry_until = None
        self._host.ended(ending)
