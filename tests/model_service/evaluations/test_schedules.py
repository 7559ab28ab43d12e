"""Schedules when the database goes away between two statements, and when the clock is set."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from evaluation.errors import StoreUnavailable
from evaluation.jobs.leases import Leases
from evaluation.jobs.queue import JobQueue
from evaluation.store.records import epoch
from evaluation.store.store import EvaluationStore
from evaluation.store.tables import schedules as table
from model_service.evaluations.request import EvaluationRequest
from model_service.evaluations.schedules import Schedules
from model_service.evaluations.service import Evaluations
from model_service.models.bike_sharing import load
from tests.evaluation.evaluations import add

HOUR = EvaluationRequest(source="log", last_hours=1.0)


class Starting:
    """Puts what is asked into the real queue, as Evaluations does, while the database lets it."""

    def __init__(self, queue: JobQueue, model: str) -> None:
        self.queue, self.model = queue, model
        self.away = False
        self.begun: list[str] = []

    async def start(self, _request: EvaluationRequest, *, schedule_id: str) -> str:
        if self.away:
            raise StoreUnavailable(ConnectionError("the database is away"))
        name = f"e{len(self.begun)}"
        add(self.queue, name, model=self.model, schedule_id=schedule_id)
        self.begun.append(name)
        return name


@pytest.fixture
def started(trained: Path, tmp_path: Path) -> tuple[Schedules, Starting, sa.Engine]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'store.db'}")
    store = EvaluationStore(engine, tmp_path / "reports")
    leases = Leases(engine, "here|1|a", 60)
    model = load(trained)
    queue = JobQueue(store, leases)
    starting = Starting(queue, model.name)
    schedules = Schedules(model, queue, cast(Evaluations, starting))
    return schedules, starting, engine


def turn(schedules: Schedules) -> None:
    for due in schedules._due():
        asyncio.run(schedules._start_due(due))


def test_a_schedule_interrupted_by_a_database_outage_runs_when_it_is_back(
    started: tuple[Schedules, Starting, sa.Engine],
) -> None:
    schedules, starting, engine = started
    schedules.add(1440, HOUR)
    starting.away = True
    with pytest.raises(StoreUnavailable):
        turn(schedules)
    starting.away = False

    def gone(*given: Any) -> None:
        if str(given[2]).startswith("UPDATE evaluation_schedules"):
            raise OperationalError("UPDATE", {}, ConnectionError("the database is away"))

    sa.event.listen(engine, "before_cursor_execute", gone)
    with pytest.raises(OperationalError):
        turn(schedules)
    sa.event.remove(engine, "before_cursor_execute", gone)
    assert starting.begun == ["e0"]
    turn(schedules)
    turn(schedules)
    assert starting.begun == ["e0"], "what was begun already was begun again"
    (row,) = schedules.all()
    assert row["last_evaluation_id"] == "e0"
    assert row["last_problem"] is None
    assert row["next_at"] == pytest.approx(epoch() + 86_400, abs=60)


def hourly(schedules: Schedules, engine: sa.Engine, next_at: float) -> None:
    schedules.add(60, HOUR)
    with engine.begin() as connection:
        connection.execute(table.update().values(next_at=next_at))


def test_a_schedule_does_not_wait_when_the_clock_was_set_back(
    started: tuple[Schedules, Starting, sa.Engine],
) -> None:
    schedules, starting, engine = started
    hourly(schedules, engine, next_at=epoch() + 10 * 86_400)
    turn(schedules)
    assert starting.begun == ["e0"]
    assert schedules.all()[0]["next_at"] == pytest.approx(epoch() + 3600, abs=60)
    turn(schedules)
    assert starting.begun == ["e0"]


def test_missed_times_of_a_schedule_run_once(
    started: tuple[Schedules, Starting, sa.Engine],
) -> None:
    schedules, starting, engine = started
    hourly(schedules, engine, next_at=epoch() - 5.5 * 3600)
    turn(schedules)
    turn(schedules)
    assert starting.begun == ["e0"]
    assert schedules.all()[0]["next_at"] == pytest.approx(epoch() + 1800, abs=60)
