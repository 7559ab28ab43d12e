"""Starts evaluations of a live window every N minutes, on the replica that has the lease."""

import asyncio
import logging
import uuid
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from evaluation.errors import EvaluationError, StoreUnavailable
from evaluation.jobs.queue import JobQueue
from evaluation.store.records import epoch
from evaluation.store.tables import evaluations, schedules
from model_service.errors import NotFound, ServiceError
from model_service.evaluations.request import EvaluationRequest
from model_service.evaluations.service import Evaluations
from model_service.models.base import MonitoredModel

log = logging.getLogger(__name__)

MIN_MINUTES = 0.05
MAX_MINUTES = 60.0 * 24 * 366
# the clocks of replicas differ by less
CLOCKS_APART_SECONDS = 60


class Schedules:
    """Schedules in the database. One that was missed while no service ran is run once."""

    def __init__(self, model: MonitoredModel, queue: JobQueue, evaluations: Evaluations) -> None:
        self._model, self._evaluations = model, evaluations
        self._store, self._leases = queue.store, queue.leases
        self._engine = queue.store.engine
        self._task: asyncio.Task[None] | None = None

    @property
    def lease(self) -> str:
        return f"schedules {self._model.name}"

    def add(self, every_minutes: float, request: EvaluationRequest) -> dict[str, Any]:
        """Store a schedule and return it; its first evaluation is due at once."""
        row = {
            "id": uuid.uuid4().hex,
            "model": self._model.name,
            "every_minutes": every_minutes,
            "request": msgspec.json.encode(request).decode(),
            "created_at": epoch(),
            "next_at": epoch(),
        }
        with self._engine.begin() as connection:
            connection.execute(schedules.insert().values(**row))
        return _readable({**row, "last_evaluation_id": None, "last_problem": None})

    def all(self) -> list[dict[str, Any]]:
        """Return the schedules of the model, oldest first."""
        query = (
            schedules.select()
            .where(schedules.c.model == self._model.name)
            .order_by(schedules.c.created_at)
        )
        with self._engine.connect() as connection:
            return [_readable(dict(row)) for row in connection.execute(query).mappings()]

    def remove(self, schedule_id: str) -> None:
        """Delete a schedule; the evaluations that it started stay. Raises NotFound."""
        with self._engine.begin() as connection:
            deleted = connection.execute(
                schedules.delete().where(
                    schedules.c.id == schedule_id, schedules.c.model == self._model.name
                )
            )
        if deleted.rowcount == 0:
            raise NotFound(f"There is no schedule {schedule_id!r}.")

    def start(self) -> None:
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            try:
                if await asyncio.to_thread(self._hold_lease):
                    for due in await asyncio.to_thread(self._due):
                        await self._start_due(due)
            except (SQLAlchemyError, StoreUnavailable) as error:
                log.warning("schedules wait for the database: %s", error)
            except Exception:
                # the outermost edge of this task: one bad schedule must not end the others
                log.exception("a turn of the schedules failed")
            await asyncio.sleep(min(1.0, self._leases.seconds / 4))

    def _hold_lease(self) -> bool:
        """Take the lease, if there is a schedule; return whether this replica has it."""
        query = sa.select(schedules.c.id).where(schedules.c.model == self._model.name).limit(1)
        with self._engine.connect() as connection:
            if connection.execute(query).first() is None:
                return False
        return self._leases.hold(self.lease)

    def _due(self) -> list[dict[str, Any]]:
        """Return the schedules that are due, or further ahead than a step: the clock was set
        back, and they must not wait for it."""
        now, table = epoch(), schedules.c
        too_far = table.next_at > now + 60 * table.every_minutes + CLOCKS_APART_SECONDS
        query = schedules.select().where(
            table.model == self._model.name, sa.or_(table.next_at <= now, too_far)
        )
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    async def _start_due(self, due: dict[str, Any]) -> None:
        """Start the evaluation of a schedule, then move it on, so that it is not started twice.

        Raises SQLAlchemyError and StoreUnavailable; the schedule is then still due.
        """
        last_id = due["last_evaluation_id"]
        problem = None
        evaluation_id = await asyncio.to_thread(self._started_already, due)
        last = await asyncio.to_thread(self._store.get, last_id) if last_id else None
        if evaluation_id is None and last is not None and not last.done:
            evaluation_id = last_id
            problem = f"Evaluation {last_id} was not done yet when the next one was due: left out."
        elif evaluation_id is None:
            try:
                request = msgspec.json.decode(due["request"], type=EvaluationRequest)
                evaluation_id = await self._evaluations.start(request, schedule_id=due["id"])
            except StoreUnavailable:
                raise
            except (EvaluationError, ServiceError, msgspec.MsgspecError) as error:
                evaluation_id, problem = last_id, str(error)
        if problem is not None:
            log.warning("schedule %s: %s", due["id"], problem)
        await asyncio.to_thread(self._move_on, due, evaluation_id, problem)

    def _started_already(self, due: dict[str, Any]) -> str | None:
        """Return the evaluation of this turn, if only the schedule could not be moved on."""
        table = evaluations.c
        query = (
            sa.select(table.id)
            .where(
                table.schedule_id == due["id"],
                table.created_at >= due["next_at"],
                table.created_at <= epoch() + CLOCKS_APART_SECONDS,
            )
            .order_by(table.created_at.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def _move_on(self, due: dict[str, Any], evaluation_id: str | None, problem: str | None) -> None:
        now, step = epoch(), 60 * due["every_minutes"]
        # missed times are left out; a time far ahead means that the clock was set back
        start = due["next_at"] if due["next_at"] <= now else now
        missed = int((now - start) // step)
        with self._engine.begin() as connection:
            connection.execute(
                schedules.update()
                .where(schedules.c.id == due["id"], schedules.c.next_at == due["next_at"])
                .values(
                    next_at=start + (missed + 1) * step,
                    last_evaluation_id=evaluation_id,
                    last_problem=problem,
                )
            )


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    request = row.pop("request")
    row["schedule_id"] = row.pop("id")
    try:
        return {**row, "evaluation": msgspec.json.decode(request)}
    except msgspec.MsgspecError:
        return {**row, "evaluation": request}
