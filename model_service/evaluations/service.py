"""Evaluations of the service: start, wait, cancel, rerun, and read their status."""

import asyncio
import uuid
from typing import Any

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from evaluation.errors import EvaluationError, JobCancelled, StoreUnavailable
from evaluation.jobs.dispatcher import Dispatcher
from evaluation.jobs.host import Ending
from evaluation.jobs.process_pool import WorkerPool
from evaluation.jobs.queue import JobQueue
from evaluation.jobs.status import StatusReader, stored_status
from evaluation.result import Evaluation
from evaluation.store.records import Stored, epoch
from model_service.errors import Conflict, NotFound
from model_service.evaluations.host import ServiceHost, drop_posted_rows
from model_service.evaluations.publisher import Publisher
from model_service.evaluations.request import EvaluationRequest
from model_service.evaluations.waiting import WaitingRequests
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.settings import Settings


class Evaluations:
    """The evaluations of one model; to be created in the event loop of its requests."""

    def __init__(
        self,
        model: MonitoredModel,
        settings: Settings,
        queue: JobQueue,
        pool: WorkerPool,
        metrics: ServiceMetrics,
    ) -> None:
        self._model = model
        self._settings = settings
        self._queue = queue
        self.store = queue.store
        self._waiting = WaitingRequests(self.store)
        publisher = Publisher(model.name, self.store, metrics)
        host = ServiceHost(model, settings, self.store.files, publisher, self._waiting.notify)
        self.dispatcher = Dispatcher(queue, pool, host)
        self._statuses = StatusReader(queue, self.dispatcher.progress)

    async def start(
        self,
        request: EvaluationRequest,
        *,
        rerun_of: str | None = None,
        schedule_id: str | None = None,
        wait: bool = False,
    ) -> str:
        """Queue an evaluation and return its id; `wait` announces a call of `wait`.

        Raises QueueFull and StoreUnavailable; the posted rows of the request are then deleted.
        """
        stored = Stored(
            id=uuid.uuid4().hex,
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
            self._waiting.expect(stored.id)
        try:
            await asyncio.to_thread(self._add, stored)
        except (EvaluationError, SQLAlchemyError) as error:
            self._waiting.forget(stored.id)
            if rerun_of is None:
                drop_posted_rows(stored, self._settings.incoming(self._model.name))
            if isinstance(error, SQLAlchemyError):
                raise StoreUnavailable(error) from error
            raise
        self.dispatcher.wake()
        return stored.id

    def _add(self, stored: Stored) -> None:
        usual = self._statuses.usual_seconds(self._model.name)
        self._queue.add(stored, self._settings.queue_limit, max(1, round(usual)))

    async def wait(self, evaluation_id: str) -> Evaluation:
        """Return the result, whichever replica runs it. Raises the error that it ended with."""
        return await self._waiting.wait(evaluation_id, self.dispatcher.is_running)

    async def cancel(self, evaluation_id: str) -> bool:
        """End a queued or running evaluation, on any replica; return False for a finished one."""
        stored = await self._get(evaluation_id)
        if not await asyncio.to_thread(self._queue.cancel, evaluation_id):
            return False
        if self.dispatcher.is_running(evaluation_id):
            self.dispatcher.stop_worker(evaluation_id)
        elif stored.state == "queued":
            self._waiting.notify(Ending(stored, "cancelled", error=JobCancelled()))
            drop_posted_rows(stored, self._settings.incoming(self._model.name))
        return True

    async def rerun(self, evaluation_id: str) -> str:
        """Queue the same request under a new id. Raises Conflict when that is not possible."""
        stored = await self._get(evaluation_id)
        if not stored.done:
            raise Conflict(f"Evaluation {evaluation_id} is {stored.state}: wait, or cancel it.")
        if stored.request is None:
            raise Conflict(
                f"Evaluation {evaluation_id} was made by an earlier version, which did not store "
                "requests: start a new evaluation."
            )
        try:
            request = stored.read_request(EvaluationRequest)
        except EvaluationError as error:
            raise Conflict(str(error)) from error
        incoming = self._settings.incoming(self._model.name)
        if request.body and not (incoming / request.body).exists():
            raise Conflict(
                f"The posted rows of evaluation {evaluation_id} are no longer stored: send them "
                "again. (The rows of one that succeeded are in its rows.parquet.)"
            )
        return await self.start(request, rerun_of=evaluation_id)

    async def status(self, evaluation_id: str) -> dict[str, Any]:
        """Return state, stage, progress and remaining time, with the result or the error.

        Raises NotFound.
        """
        stored = await self._get(evaluation_id)
        document = summary(stored)
        if not stored.done:
            status = await asyncio.to_thread(self._statuses.read, stored)
            document |= {
                "stage": status.stage,
                "progress": status.progress,
                "ahead": status.ahead,
                "remaining_seconds": status.remaining_seconds,
            }
        document["request"] = _request_document(stored)
        document["result"] = stored.evaluation()
        return document

    async def _get(self, evaluation_id: str) -> Stored:
        stored = await asyncio.to_thread(self.store.get, evaluation_id)
        if stored is None or stored.model != self._model.name:
            raise NotFound(f"There is no evaluation {evaluation_id!r}.")
        return stored


def summary(stored: Stored) -> dict[str, Any]:
    """Return one evaluation as JSON without its document; times are epoch seconds."""
    status = stored_status(stored)
    return {
        "evaluation_id": stored.id,
        "state": stored.state,
        "stage": status.stage,
        "progress": status.progress,
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
        "rerun_url": f"/evaluations/{stored.id}/rerun" if stored.can_rerun else None,
    }


def _request_document(stored: Stored) -> Any:
    """Return the request as JSON, or as text when a damaged row does not hold JSON."""
    if stored.request is None:
        return None
    try:
        return msgspec.json.decode(stored.request)
    except msgspec.MsgspecError:
        return stored.request
