"""Takes jobs from the queue in the database, runs them one at a time, and keeps what comes out."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from evaluation.errors import EvaluationError, JobCancelled, RunnerClosed
from evaluation.jobs.leases import Leases
from evaluation.jobs.process_pool import JobRunner
from evaluation.jobs.queue import INTERRUPTED, JobQueue
from evaluation.result import Evaluation
from evaluation.store.store import EvaluationStore, Stored, epoch
from model_service.errors import InvalidRows, LogUnavailable, ServiceError, status_of
from model_service.evaluations import worker_job
from model_service.evaluations.publisher import Published
from model_service.evaluations.request import EvaluationRequest
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.settings import Settings

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
KEEP_TRYING_SECONDS = 60.0
Ended = Callable[[str, "Evaluation | Exception"], None]


class Dispatcher:
    """One event loop's worker of the queue. `ended` hears how each job of this replica ended."""

    def __init__(
        self,
        model: MonitoredModel,
        settings: Settings,
        store: EvaluationStore,
        queue: JobQueue,
        leases: Leases,
        runner: JobRunner,
        metrics: ServiceMetrics,
        published: Published,
        ended: Ended,
    ) -> None:
        self._model, self._settings, self._metrics = model, settings, metrics
        self._store, self._queue, self._leases = store, queue, leases
        self._runner, self._published, self._ended = runner, published, ended
        self._wake = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        self._loop_task: asyncio.Task[None] | None = None
        self._beat_at = 0.0
        self._away = False

    def start(self) -> None:
        """After a start: see what the last one left, then work on the queue."""
        self._leases.join()
        cut_off = self._queue.after_start(self._model.name)
        if cut_off:
            log.warning("%d evaluations were cut off by the last stop", cut_off)
        self._queue.drop_stray_drafts()
        self._published.refresh()
        self._loop_task = asyncio.create_task(self._work())

    def wake(self) -> None:
        """There is something in the queue."""
        self._wake.set()

    def runs(self, evaluation_id: str) -> bool:
        return evaluation_id in self._running

    def stop_running(self, evaluation_id: str) -> None:
        """End the process of a job that was cancelled."""
        self._runner.cancel(evaluation_id)

    async def stop(self) -> None:
        """Interrupt what runs, write that down, and leave; what waits stays in the queue."""
        self._stopping = True
        self._wake.set()
        if self._loop_task is not None:
            await self._loop_task
        await asyncio.to_thread(self._runner.close)
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        try:
            await asyncio.to_thread(self._leases.leave)
        except SQLAlchemyError as error:
            log.warning("the leases could not be given back: %s", error)

    async def _work(self) -> None:
        while not self._stopping:
            try:
                await self._turn()
                if self._away:
                    log.warning("the database is back")
                self._away = False
            except SQLAlchemyError as error:
                if not self._away:
                    log.error("the database can't be asked, evaluations wait: %s", error)
                self._away = True
            except Exception:
                # the outermost edge of this task: one bad turn must not end the queue
                log.exception("a turn of the queue failed")
            try:
                await asyncio.wait_for(self._wake.wait(), TICK_SECONDS)
            except TimeoutError:
                continue
            self._wake.clear()

    async def _turn(self) -> None:
        if time.monotonic() - self._beat_at >= self._leases.seconds / 3:
            await asyncio.to_thread(self._beat)
            self._beat_at = time.monotonic()
        await asyncio.to_thread(self._published.refresh)
        for evaluation_id in list(self._running):
            progress = self._runner.progress(evaluation_id)
            if progress.state == "running" and not await asyncio.to_thread(
                self._queue.note, evaluation_id, progress.stage, progress.fraction
            ):
                # cancelled by another replica, or taken over from one that was thought dead
                self._runner.cancel(evaluation_id)
        if not self._running and not self._stopping:
            claimed = await asyncio.to_thread(self._queue.claim, self._model.name)
            if claimed is not None:
                self._running[claimed.id] = asyncio.create_task(self._run(claimed))

    def _beat(self) -> None:
        self._leases.join()
        self._queue.take_over(self._model.name)
        self._queue.give_back(self._model.name, self._running)

    async def _run(self, stored: Stored) -> None:
        """From a claimed job to its end; never raises."""
        body: Path | None = None
        outcome: Evaluation | Exception
        try:
            request = msgspec.json.decode(stored.request or "", type=EvaluationRequest)
            body = self.incoming / request.body if request.body else None
            future = self._runner.submit(
                worker_job.run, self._job(stored, request), job_id=stored.id
            )
            done: worker_job.Done = await asyncio.wrap_future(future)
            outcome = Evaluation.decode(done.document)
            if not await self._keep(stored, request, outcome, done):
                outcome = JobCancelled()
        except msgspec.MsgspecError as error:
            outcome = ServiceError(f"What was asked can't be read back from the store ({error}).")
        except (EvaluationError, ServiceError) as error:
            outcome = error
        except Exception as error:
            log.exception("evaluation %s ended in an unforeseen way", stored.id)
            outcome = ServiceError(f"It failed in an unforeseen way ({error}): report this text.")
        interrupted = self._stopping and isinstance(outcome, JobCancelled | RunnerClosed)
        try:
            if isinstance(outcome, Exception):
                await self._keep_failure(stored, outcome, interrupted)
            else:
                self._metrics.evaluations.labels("succeeded").inc()
            if body is not None and not interrupted:
                body.unlink(missing_ok=True)
        except OSError as error:
            log.error("evaluation %s: its files could not be dropped: %s", stored.id, error)
        finally:
            # whatever happens here, the next one has its turn
            self._running.pop(stored.id, None)
            self._ended(stored.id, RunnerClosed() if interrupted else outcome)
            self._wake.set()

    @property
    def incoming(self) -> Path:
        """Where the bodies of evaluations wait for the worker."""
        return self._settings.data_dir / "incoming" / self._model.name

    def _job(self, stored: Stored, request: EvaluationRequest) -> worker_job.Job:
        files, settings = self._store.files, self._settings
        return worker_job.Job(
            evaluation_id=stored.id,
            model=self._model.loaded_as,
            data_dir=settings.data_dir,
            incoming=self.incoming,
            uploads=settings.data_dir / "uploads" / self._model.name,
            database_url=settings.database(self._model.name),
            most_rows=settings.most_rows,
            asked_at=stored.created_at,
            request=request,
            html_path=files.draft(stored.id, stored.attempts, "html"),
            json_path=files.draft(stored.id, stored.attempts, "json"),
            rows_path=files.draft(stored.id, stored.attempts, "parquet"),
        )

    async def _keep(
        self,
        stored: Stored,
        request: EvaluationRequest,
        evaluation: Evaluation,
        done: worker_job.Done,
    ) -> bool:
        """Keep a result; through an outage of a database server for a minute. Raises
        LogUnavailable; False when the job was cancelled meanwhile."""
        expires = epoch() + (request.expires_seconds or 0.0) if evaluation.synthetic else None

        def keep() -> bool:
            kept = self._queue.finish(
                stored.id,
                evaluation,
                expires,
                lambda: self._store.files.keep(stored.id, stored.attempts),
                # what a person has set meanwhile stays
                labels=() if done.tags == request.tags else done.tags,
                comment=None if done.comment == request.comment else done.comment,
            )
            if kept and evaluation.published:
                self._show()
            return kept

        until = time.monotonic() + KEEP_TRYING_SECONDS
        on_server = not self._settings.database(self._model.name).startswith("sqlite")
        while True:
            try:
                return await asyncio.to_thread(keep)
            except (SQLAlchemyError, OSError) as error:
                again = isinstance(error, OperationalError) and on_server and not self._stopping
                if not again or time.monotonic() > until:
                    raise not_kept(error) from error
                log.warning("evaluation %s waits for the database: %s", stored.id, error)
            await asyncio.sleep(1)

    def _show(self) -> None:
        """Set the gauges before the answer; what is kept stays kept when that can't be."""
        try:
            self._published.refresh()
        except SQLAlchemyError as error:
            log.warning("the gauges wait for the database: %s", error)

    async def _keep_failure(self, stored: Stored, error: Exception, interrupted: bool) -> None:
        outcome = "interrupted" if interrupted else "failed"
        if isinstance(error, JobCancelled) and not interrupted:
            # the row says so already: it was cancelled there first
            outcome = "cancelled"
        self._metrics.evaluations.labels(outcome).inc()
        log.warning("evaluation %s %s: %s", stored.id, outcome, error)
        words: dict[str, Any] = {
            "message": INTERRUPTED if interrupted else str(error),
            "detail": error.detail if isinstance(error, InvalidRows) else None,
            "status": status_of(error),
        }

        def write() -> None:
            # the words first: drafts that can't be dropped must not keep the job running for ever
            kept = outcome != "cancelled" and self._queue.fail(stored.id, words, outcome)
            self._store.files.drop_drafts(stored.id, stored.attempts)
            now = self._store.get(stored.id)
            # one that another replica took over is that one's
            if kept or (now is not None and now.done and now.state != "succeeded"):
                self._store.files.drop(stored.id)

        try:
            await asyncio.to_thread(write)
        except SQLAlchemyError as trouble:
            log.error("evaluation %s: its failure could not be kept: %s", stored.id, trouble)


def not_kept(error: Exception) -> LogUnavailable:
    reason = getattr(error, "orig", None) or error
    return LogUnavailable(
        f"The evaluation could not be kept ({reason}), so it was not published. "
        "Free space or repair the database, then evaluate again."
    )
