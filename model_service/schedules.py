"""Evaluations every N minutes on a live window, started by the one replica that has the lease."""

import asyncio
import logging
import uuid
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from evaluation.errors import EvaluationError
from evaluation.leases import Leases
from evaluation.store import EvaluationStore, epoch
from evaluation.store_tables import schedules
from model_service.errors import NotFound, ServiceError
from model_service.evaluations import Evaluations
from model_service.models.base import MonitoredModel
from model_service.requests import EvaluationRequest

log = logging.getLogger(__name__)

FEWEST_MINUTES = 0.05
MOST_MINUTES = 60.0 * 24 * 366


class Schedules:
    """Kept in the database; one that was missed while nobody ran is run once, then goes on."""

    def __init__(
        self,
        model: MonitoredModel,
        engine: sa.Engine,
        store: EvaluationStore,
        leases: Leases,
        evaluations: Evaluations,
    ) -> None:
        self._model = model
        self._engine = engine
        self._store = store
        self._leases = leases
        self._evaluations = evaluations
        self._task: asyncio.Task[None] | None = None

    @property
    def lease(self) -> str:
        return f"schedules {self._model.name}"

    def add(self, every_minutes: float, request: EvaluationRequest) -> dict[str, Any]:
        """Keep a schedule; its first evaluation is due at once."""
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
        query = (
            schedules.select()
            .where(schedules.c.model == self._model.name)
            .order_by(schedules.c.created_at)
        )
        with self._engine.connect() as connection:
            return [_readable(dict(row)) for row in connection.execute(query).mappings()]

    def remove(self, schedule_id: str) -> None:
        """Raises NotFound. Evaluations that it started stay."""
        with self._engine.begin() as connection:
            gone = connection.execute(
                schedules.delete().where(
                    schedules.c.id == schedule_id, schedules.c.model == self._model.name
                )
            )
        if gone.rowcount == 0:
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
                if await asyncio.to_thread(self._holds):
                    for due in await asyncio.to_thread(self._take_due):
                        await self._begin(due)
            except SQLAlchemyError as error:
                log.warning("schedules wait for the database: %s", error)
            except Exception:
                # the outermost edge of this task: one bad schedule must not end the others
                log.exception("a turn of the schedules failed")
            await asyncio.sleep(min(1.0, self._leases.seconds / 4))

    def _holds(self) -> bool:
        """Without a schedule nobody needs the lease, and nothing is written."""
        known = sa.select(schedules.c.id).where(schedules.c.model == self._model.name).limit(1)
        with self._engine.connect() as connection:
            if connection.execute(known).first() is None:
                return False
        return self._leases.hold(self.lease)

    def _take_due(self) -> list[dict[str, Any]]:
        """The schedules that are due, each moved on to its next time so that none is due twice."""
        now = epoch()
        query = schedules.select().where(
            schedules.c.model == self._model.name, schedules.c.next_at <= now
        )
        taken = []
        with self._engine.connect() as connection:
            due = [dict(row) for row in connection.execute(query).mappings()]
        for row in due:
            step = 60 * row["every_minutes"]
            missed = int((now - row["next_at"]) // step)
            with self._engine.begin() as connection:
                moved = connection.execute(
                    schedules.update()
                    .where(schedules.c.id == row["id"], schedules.c.next_at == row["next_at"])
                    .values(next_at=row["next_at"] + (missed + 1) * step)
                )
            if moved.rowcount == 1:
                taken.append(row)
        return taken

    async def _begin(self, due: dict[str, Any]) -> None:
        last = due["last_evaluation_id"]
        before = await asyncio.to_thread(self._store.get, last) if last else None
        evaluation_id, problem = last, None
        if before is not None and not before.done:
            problem = f"Evaluation {last} was not done yet when the next one was due: left out."
        else:
            try:
                request = msgspec.json.decode(due["request"], type=EvaluationRequest)
                evaluation_id = await self._evaluations.start(request, schedule_id=due["id"])
            except (EvaluationError, ServiceError, msgspec.MsgspecError) as error:
                problem = str(error)
        if problem is not None:
            log.warning("schedule %s: %s", due["id"], problem)
        await asyncio.to_thread(self._note, due["id"], evaluation_id, problem)

    def _note(self, schedule_id: str, evaluation_id: str | None, problem: str | None) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                schedules.update()
                .where(schedules.c.id == schedule_id)
                .values(last_evaluation_id=evaluation_id, last_problem=problem)
            )


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    request = row.pop("request")
    row["schedule_id"] = row.pop("id")
    try:
        return {**row, "evaluation": msgspec.json.decode(request)}
    except msgspec.MsgspecError:
        return {**row, "evaluation": request}
