"""Evaluations from the service's side: start, follow, keep, publish to the gauges, let expire."""

import asyncio
import logging
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from evaluation.errors import EvaluationError, JobCancelled
from evaluation.jobs import JobRunner
from evaluation.result import Evaluation
from evaluation.store import EvaluationStore, Stored
from model_service import evaluation_job
from model_service.errors import InvalidRows, LogUnavailable, NotFound, ServiceError
from model_service.metrics import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.requests import EvaluationRequest
from model_service.settings import Settings

log = logging.getLogger(__name__)


class Evaluations:
    """One event loop's view of the job runner and the store."""

    def __init__(
        self,
        model: MonitoredModel,
        settings: Settings,
        store: EvaluationStore,
        runner: JobRunner,
        metrics: ServiceMetrics,
    ) -> None:
        self._model = model
        self._settings = settings
        self.store = store
        self._runner = runner
        self._metrics = metrics
        self._running: dict[str, asyncio.Task[Evaluation]] = {}
        self._shown: Evaluation | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def restore(self) -> None:
        """After a start: mark what was cut off, show the last published evaluation again."""
        interrupted = self.store.mark_interrupted(self._model.name)
        if interrupted:
            log.warning("%d evaluations were cut off by the last stop", interrupted)
        last = self.store.last_published(self._model.name)
        self._shown = last.evaluation() if last else None
        self._show_published()

    async def start(
        self,
        request: EvaluationRequest,
        body: Path | None = None,
        *,
        expires_seconds: float | None = None,
    ) -> str:
        """Queue an evaluation and return its id. Raises QueueFull; `body` is deleted at the end."""
        evaluation_id = uuid.uuid4().hex
        job = evaluation_job.Job(
            evaluation_id=evaluation_id,
            model=self._model.name,
            data_dir=self._settings.data_dir,
            database_url=self._settings.database(self._model.name),
            most_rows=self._settings.most_rows,
            request=request,
            body=body,
            html_path=self.store.draft_path(evaluation_id, "html"),
            json_path=self.store.draft_path(evaluation_id, "json"),
        )
        try:
            future = self._runner.submit(evaluation_job.run, job, job_id=evaluation_id)
        except EvaluationError:
            _forget(body)
            raise
        try:
            await asyncio.to_thread(
                self.store.create,
                evaluation_id,
                model=self._model.name,
                model_version=self._model.version,
                name=request.name or request.window or "",
                source=request.words(),
                publish=request.publish,
                synthetic=request.synthetic,
            )
        except SQLAlchemyError as error:
            self._runner.cancel(evaluation_id)
            _forget(body)
            raise _not_kept(error) from error
        task = asyncio.create_task(
            self._follow(evaluation_id, asyncio.wrap_future(future), body, expires_seconds)
        )
        self._running[evaluation_id] = task
        task.add_done_callback(lambda done: self._forget_task(evaluation_id, done))
        return evaluation_id

    async def wait(self, evaluation_id: str) -> Evaluation:
        """The result of a started evaluation. Raises what kept it from having one."""
        return await asyncio.shield(self._running[evaluation_id])

    def cancel(self, evaluation_id: str) -> bool:
        """Stop it, if it still waits or runs."""
        return evaluation_id in self._running and self._runner.cancel(evaluation_id)

    async def status(self, evaluation_id: str) -> dict[str, Any]:
        """State, stage and progress, with the result or the error. Raises NotFound."""
        stored = await asyncio.to_thread(self.store.get, evaluation_id)
        if stored is None or stored.model != self._model.name:
            raise NotFound(f"There is no evaluation {evaluation_id!r}.")
        answer = summary(stored)
        if evaluation_id in self._running:
            progress = self._runner.progress(evaluation_id)
            state = "queued" if progress.state == "queued" else "running"
            answer |= {
                "state": state,
                "stage": progress.stage,
                "progress": min(progress.fraction, 0.99),
                "ahead": progress.ahead,
            }
        answer["result"] = stored.evaluation()
        return answer

    async def stop(self) -> None:
        """Wait until what was cut off is written down."""
        if self._expiry is not None:
            self._expiry.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _follow(
        self,
        evaluation_id: str,
        future: "asyncio.Future[bytes]",
        body: Path | None,
        expires_seconds: float | None,
    ) -> Evaluation:
        try:
            evaluation = Evaluation.decode(await future)
            await asyncio.to_thread(self._keep, evaluation_id, evaluation)
        except (EvaluationError, ServiceError) as error:
            cancelled = isinstance(error, JobCancelled)
            outcome = "cancelled" if cancelled else "failed"
            self._metrics.evaluations.labels(outcome).inc()
            await asyncio.to_thread(self._keep_failure, evaluation_id, error, outcome)
            raise
        finally:
            _forget(body)
        self._metrics.evaluations.labels("succeeded").inc()
        if evaluation.synthetic:
            self._show_synthetic(evaluation, expires_seconds or 0.0)
        elif evaluation.published:
            self._shown = evaluation
            self._show_published()
        return evaluation

    def _keep(self, evaluation_id: str, evaluation: Evaluation) -> None:
        try:
            self.store.keep_reports(evaluation_id)
            self.store.finish(evaluation_id, evaluation)
        except (SQLAlchemyError, OSError) as error:
            raise _not_kept(error) from error

    def _keep_failure(self, evaluation_id: str, error: Exception, state: str) -> None:
        log.warning("evaluation %s %s: %s", evaluation_id, state, error)
        self.store.drop_drafts(evaluation_id)
        detail = error.detail if isinstance(error, InvalidRows) else None
        try:
            self.store.fail(evaluation_id, {"message": str(error), "detail": detail}, state)
        except SQLAlchemyError as trouble:
            log.error("evaluation %s: its failure could not be kept: %s", evaluation_id, trouble)

    def _show_published(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if self._shown is None:
            self._metrics.clear()
        else:
            self._metrics.publish(self._shown)

    def _show_synthetic(self, evaluation: Evaluation, seconds: float) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        self._metrics.publish(evaluation)
        self._expiry = asyncio.get_running_loop().call_later(seconds, self._show_published)

    def _forget_task(self, evaluation_id: str, task: "asyncio.Task[Evaluation]") -> None:
        self._running.pop(evaluation_id, None)
        if not task.cancelled():
            # an error that nobody waits for is in the store
            task.exception()


def summary(stored: Stored) -> dict[str, Any]:
    """One evaluation without its document; times are epoch seconds."""
    done = stored.finished_at is not None
    return {
        "evaluation_id": stored.id,
        "state": stored.state,
        "stage": "done" if stored.state == "succeeded" else stored.state,
        "progress": 1.0 if done else 0.0,
        "name": stored.name,
        "source": stored.source,
        "verdict": stored.verdict,
        "published": stored.publish,
        "synthetic": stored.synthetic,
        "model": stored.model,
        "model_version": stored.model_version,
        "created_at": stored.created_at,
        "finished_at": stored.finished_at,
        "error": stored.error,
    }


def _forget(body: Path | None) -> None:
    if body is not None:
        body.unlink(missing_ok=True)


def _not_kept(error: Exception) -> LogUnavailable:
    reason = getattr(error, "orig", None) or error
    return LogUnavailable(
        f"The evaluation could not be kept ({reason}), so it was not published. "
        "Free space or repair the database, then evaluate again."
    )
