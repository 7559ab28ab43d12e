"""Evaluations from the service's side: start, wait, cancel, run again, look at."""

import asyncio
import logging
import time
import uuid
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from evaluation.errors import EvaluationError, JobCancelled
from evaluation.jobs.leases import Leases
from evaluation.jobs.process_pool import JobRunner
from evaluation.jobs.queue import JobQueue
from evaluation.result import Evaluation
from evaluation.store.store import EvaluationStore, Stored, epoch
from model_service.errors import Conflict, EndedElsewhere, NotFound
from model_service.evaluations.dispatcher import Dispatcher, not_kept
from model_service.evaluations.publisher import Published
from model_service.evaluations.request import EvaluationRequest
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.settings import Settings

log = logging.getLogger(__name__)

FIRST_GUESS_SECONDS = 5.0
LOOK_SECONDS = 0.5
USUAL_SECONDS = 5.0


class Evaluations:
    """One event loop's view of the queue, the store and the runner."""

    def __init__(
        self,
        model: MonitoredModel,
        settings: Settings,
        store: EvaluationStore,
        queue: JobQueue,
        leases: Leases,
        runner: JobRunner,
        metrics: ServiceMetrics,
    ) -> None:
        self._model = model
        self._settings = settings
        self.store = store
        self._queue = queue
        self._runner = runner
        self._usual, self._usual_at = FIRST_GUESS_SECONDS, -USUAL_SECONDS
        self._outcomes: dict[str, asyncio.Future[Evaluation]] = {}
        self.published = Published(model.name, store, metrics)
        self.dispatcher = Dispatcher(
            model, settings, store, queue, leases, runner, metrics, self.published, self._ended
        )

    async def start(
        self,
        request: EvaluationRequest,
        *,
        rerun_of: str | None = None,
        schedule_id: str | None = None,
        wait: bool = False,
    ) -> str:
        """Queue an evaluation and return its id; `wait` announces a call of `wait`.

        Raises QueueFull and LogUnavailable; the body of the request is then deleted.
        """
        evaluation_id = uuid.uuid4().hex
        new = Stored(
            id=evaluation_id,
            model=self._model.name,
            model_version=self._model.version,
            name=request.name or request.window or "",
            source=request.words(),
            state="queued",
            publish=request.publish,
            synthetic=request.synthetic,
            created_at=epoch(),
            request=msgspec.json.encode(request).decode(),
            rerun_of=rerun_of,
            schedule_id=schedule_id,
            comment=request.comment,
            tags=request.tags,
        )
        if wait:
            self._outcomes[evaluation_id] = asyncio.get_running_loop().create_future()
        try:
            usual = await asyncio.to_thread(self._usual_seconds)
            await asyncio.to_thread(
                self._queue.add, new, self._settings.queue_limit, max(1, round(usual))
            )
        except (EvaluationError, SQLAlchemyError) as error:
            self._outcomes.pop(evaluation_id, None)
            if rerun_of is None:
                self._forget_body(request)
            if isinstance(error, SQLAlchemyError):
                raise not_kept(error) from error
            raise
        self.dispatcher.wake()
        return evaluation_id

    async def wait(self, evaluation_id: str) -> Evaluation:
        """The result, whichever replica runs it. Raises what kept it from having one."""
        outcome = self._outcomes[evaluation_id]
        try:
            while True:
                done, _ = await asyncio.wait([outcome], timeout=LOOK_SECONDS)
                if done:
                    return outcome.result()
                if not self.dispatcher.runs(evaluation_id):
                    found = await self._ended_elsewhere(evaluation_id)
                    if found is not None:
                        return found
        finally:
            self._outcomes.pop(evaluation_id, None)

    async def cancel(self, evaluation_id: str) -> bool:
        """End it, if it still waits or runs, on whichever replica."""
        stored = await self._get(evaluation_id)
        if not await asyncio.to_thread(self._queue.cancel, evaluation_id):
            return False
        if self.dispatcher.runs(evaluation_id):
            self.dispatcher.stop_running(evaluation_id)
        elif stored.state == "queued":
            self._ended(evaluation_id, JobCancelled())
            try:
                self._forget_body(msgspec.json.decode(stored.request or "", type=EvaluationRequest))
            except msgspec.MsgspecError as error:
                log.warning("evaluation %s: what was asked can't be read: %s", stored.id, error)
        return True

    async def rerun(self, evaluation_id: str) -> str:
        """Queue the same request again under a new id. Raises Conflict when that can't be."""
        stored = await self._get(evaluation_id)
        if not stored.done:
            raise Conflict(f"Evaluation {evaluation_id} is {stored.state}: wait, or cancel it.")
        if stored.request is None:
            raise Conflict(
                f"Evaluation {evaluation_id} is of an earlier version, which did not keep what was "
                "asked: start it as a new one."
            )
        try:
            request = msgspec.json.decode(stored.request, type=EvaluationRequest)
        except msgspec.MsgspecError as error:
            raise Conflict(
                f"What was asked of evaluation {evaluation_id} can't be read back ({error}): start "
                "it as a new one."
            ) from None
        if request.body and not (self.dispatcher.incoming / request.body).exists():
            raise Conflict(
                f"The posted rows of evaluation {evaluation_id} are not kept any more: post them "
                "again. (The rows of one that succeeded are in its rows.parquet.)"
            )
        return await self.start(request, rerun_of=evaluation_id)

    async def status(self, evaluation_id: str) -> dict[str, Any]:
        """State, stage, progress and what is left, with the result or the error.

        Raises NotFound.
        """
        stored = await self._get(evaluation_id)
        answer = summary(stored)
        if not stored.done:
            answer |= await asyncio.to_thread(self._where, stored)
        answer["request"] = _asked(stored)
        answer["result"] = stored.evaluation()
        return answer

    def _where(self, stored: Stored) -> dict[str, Any]:
        usual = self._usual_seconds()
        if stored.state == "queued":
            ahead = self._queue.ahead(stored)
            return {
                "stage": "queued",
                "progress": 0.0,
                "ahead": ahead,
                "remaining_seconds": (ahead + 1) * usual,
            }
        stage, fraction = stored.stage or "starting", stored.progress or 0.0
        if self.dispatcher.runs(stored.id):
            progress = self._runner.progress(stored.id)
            if progress.state == "running":
                stage, fraction = progress.stage, progress.fraction
        elapsed = max(0.0, epoch() - (stored.started_at or epoch()))
        return {
            "stage": stage,
            "progress": min(fraction, 0.99),
            "ahead": 0,
            "remaining_seconds": remaining_seconds(elapsed, fraction, usual),
        }

    def _usual_seconds(self) -> float:
        if time.monotonic() - self._usual_at > USUAL_SECONDS:
            found = self.store.usual_seconds(self._model.name)
            self._usual, self._usual_at = found or FIRST_GUESS_SECONDS, time.monotonic()
        return self._usual

    async def _get(self, evaluation_id: str) -> Stored:
        stored = await asyncio.to_thread(self.store.get, evaluation_id)
        if stored is None or stored.model != self._model.name:
            raise NotFound(f"There is no evaluation {evaluation_id!r}.")
        return stored

    async def _ended_elsewhere(self, evaluation_id: str) -> Evaluation | None:
        try:
            stored = await asyncio.to_thread(self.store.get, evaluation_id)
        except SQLAlchemyError:
            return None
        if stored is None or not stored.done:
            return None
        evaluation = stored.evaluation()
        if evaluation is not None:
            return evaluation
        raise EndedElsewhere(evaluation_id, stored.state, stored.error or {})

    def _ended(self, evaluation_id: str, outcome: Evaluation | Exception) -> None:
        waiting = self._outcomes.get(evaluation_id)
        if waiting is None or waiting.done():
            return
        if isinstance(outcome, Exception):
            waiting.set_exception(outcome)
            # whoever asked may have gone
            waiting.exception()
        else:
            waiting.set_result(outcome)

    def _forget_body(self, request: EvaluationRequest) -> None:
        if request.body:
            (self.dispatcher.incoming / request.body).unlink(missing_ok=True)


def _asked(stored: Stored) -> Any:
    """What was asked, as JSON; as text when a damaged row does not hold JSON."""
    if stored.request is None:
        return None
    try:
        return msgspec.json.decode(stored.request)
    except msgspec.MsgspecError:
        return stored.request


def remaining_seconds(elapsed: float, fraction: float, usual: float) -> float:
    """What is left of a running job: its own pace as far as it has come, else the usual time."""
    own = elapsed * (1 - fraction) / fraction if fraction > 0 else 0.0
    expected = max(usual - elapsed, 0.0)
    return round(fraction * own + (1 - fraction) * expected, 1)


def summary(stored: Stored) -> dict[str, Any]:
    """One evaluation without its document; times are epoch seconds."""
    return {
        "evaluation_id": stored.id,
        "state": stored.state,
        "stage": "done" if stored.state == "succeeded" else (stored.stage or stored.state),
        "progress": 1.0 if stored.done else (stored.progress or 0.0),
        "name": stored.name,
        "source": stored.source,
        "verdict": stored.verdict,
        "published": stored.publish,
        "synthetic": stored.synthetic,
        "model": stored.model,
        "model_version": stored.model_version,
        "created_at": stored.created_at,
        "started_at": stored.started_at,
        "finished_at": stored.finished_at,
        "attempts": stored.attempts,
        "rerun_of": stored.rerun_of,
        "schedule_id": stored.schedule_id,
        "tags": list(stored.tags),
        "comment": stored.comment,
        "error": stored.error,
        "rerun_url": f"/evaluations/{stored.id}/rerun"
        if stored.state in ("interrupted", "failed", "cancelled")
        else None,
    }


def drop_stray_bodies(folder: Path, keep_seconds: float) -> int:
    """Delete posted bodies that are older than anything that could still be run again."""
    old = [path for path in folder.glob("*") if path.stat().st_mtime < time.time() - keep_seconds]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
