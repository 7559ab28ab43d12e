"""Two replicas on one PostgreSQL: no job twice, none lost, one scheduler, the same gauges."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from evaluation.store.tables import evaluations, leases
from tests.model_service.evaluations.test_jobs import start, until
from tests.postgres import Postgres
from tests.services import EXAMPLE, QUICK, Api, finished, serving, week

pytestmark = pytest.mark.stack


@contextmanager
def replicas(
    data: Path, postgres: Postgres, model: str = QUICK, **settings: str
) -> Iterator[tuple[Api, Api, sa.Engine]]:
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database())
        shared: dict[str, Any] = {"database_url": url, "lease_seconds": "2", **settings}
        first, second = (
            stack.enter_context(serving(data, model=model, **shared)) for _ in range(2)
        )
        engine = sa.create_engine(url)
        stack.callback(engine.dispose)
        yield first, second, engine


def rows(engine: sa.Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(evaluations.select()))


def ran(api: Api) -> float:
    return api.metrics()['model_evaluations_total{outcome="succeeded"}']


def test_twenty_jobs_on_two_replicas_run_once_each(data: Path, postgres: Postgres) -> None:
    with replicas(data, postgres) as (first, second, engine):
        windows = ["february_week1", "february_week2", "february_week3"]
        ids = [
            start((first, second)[number % 2], window=windows[number % 3]) for number in range(20)
        ]
        for evaluation_id in ids:
            status = finished(second, evaluation_id)
            assert (status["state"], status["attempts"]) == ("succeeded", 1), status["error"]
        assert ran(first) + ran(second) == 20
        assert min(ran(first), ran(second)) >= 1, "one of them did all the work"
        assert len({row.owner for row in rows(engine)}) == 2
        # a result of one is a report of the other, and both show what is published
        for api in (first, second):
            assert api.get(f"/evaluations/{ids[0]}/report.html").status_code == 200
        published = first.post("/evaluate", {"data": week()}).json()
        until(lambda: second.metrics()["model_rmse_score"] == published["rmse"])
        first.post("/trigger-drift", {"expires_seconds": 3})
        until(lambda: second.metrics()["model_evaluation_synthetic"] == 1)
        for api in (first, second):
            until(lambda api=api: api.metrics()["model_rmse_score"] == published["rmse"])  # type: ignore[misc]


def test_when_one_is_killed_the_other_does_its_work(data: Path, postgres: Postgres) -> None:
    with replicas(data, postgres, "bike-sharing") as (first, second, engine):
        ids = [start(first, window="june_2011") for _ in range(8)]

        def owned_by_first() -> list[Any]:
            process = f"|{first.server.process.pid}|"
            return [r for r in rows(engine) if r.state == "running" and process in r.owner]

        until(lambda: bool(owned_by_first()))
        (cut_off,) = owned_by_first()
        first.server.stop(signal.SIGKILL)
        for evaluation_id in ids:
            status = finished(second, evaluation_id)
            assert status["state"] == "succeeded", status["error"]
        assert finished(second, cut_off.id)["attempts"] == 2
        by_second = [row for row in rows(engine) if f"|{second.server.process.pid}|" in row.owner]
        assert ran(second) == len(by_second)
        assert not list((data / "reports" / "bike-sharing").glob("*.part"))


def test_a_job_is_cancelled_from_either_replica(data: Path, postgres: Postgres) -> None:
    with replicas(data, postgres, "bike-sharing", most_rows="200000") as (first, second, engine):
        body = {"data": [EXAMPLE | {"cnt": 1}] * 90_000}
        started = first.post("/evaluations", body).json()["evaluation_id"]
        until(lambda: any(row.state == "running" for row in rows(engine)))
        (running,) = rows(engine)
        elsewhere = second if f"|{first.server.process.pid}|" in running.owner else first
        answer = elsewhere.session.delete(f"{elsewhere.url}/evaluations/{started}", timeout=120)
        assert answer.status_code == 200
        assert finished(first, started)["state"] == "cancelled"
        until(lambda: not list((data / "incoming" / "bike-sharing").iterdir()))
        assert not list((data / "reports" / "bike-sharing").iterdir())
        assert finished(second, start(first, window="february_week1"))["state"] == "succeeded"


def test_one_of_them_holds_the_schedules_and_the_other_takes_them_over(
    data: Path, postgres: Postgres
) -> None:
    with replicas(data, postgres) as (first, second, engine):
        for _ in range(40):
            first.post("/predict", EXAMPLE)
        asked = {"every_minutes": 0.05, "evaluation": {"last_rows": 40}}
        schedule = first.post("/schedules", asked).json()["schedule_id"]
        began = time.time()

        def runs() -> int:
            return int(second.get(f"/evaluations?schedule={schedule}").json()["total"])

        until(lambda: runs() >= 3)
        # every 3 s, and none of them twice
        assert runs() <= (time.time() - began) / 3 + 2
        with engine.connect() as connection:
            query = sa.select(leases.c.holder).where(leases.c.name == "schedules bike-sharing")
            holder = connection.execute(query).scalar_one()
        holds, other = (first, second) if f"|{first.server.process.pid}|" in holder else (
            second, first,
        )  # fmt: skip
        holds.server.stop(signal.SIGKILL)
        before = other.get(f"/evaluations?schedule={schedule}").json()["total"]
        query_all = f"/evaluations?schedule={schedule}"
        until(lambda: other.get(query_all).json()["total"] >= before + 2)


def test_a_restart_of_the_only_replica_interrupts_what_ran_and_runs_what_waited(
    data: Path, postgres: Postgres
) -> None:
    with postgres.database() as url:
        shared: dict[str, Any] = {"database_url": url, "lease_seconds": "5"}
        with serving(data, **shared) as api:
            body = {"data": [EXAMPLE | {"cnt": 1}] * 90_000}
            running = api.post("/evaluations", body).json()["evaluation_id"]
            waiting = start(api, window="february_week1")
            until(lambda: api.get(f"/evaluations/{running}").json()["state"] == "running")
            api.server.stop(signal.SIGKILL)
        with serving(data, **shared) as api:
            assert finished(api, waiting)["state"] == "succeeded"
            status = api.get(f"/evaluations/{running}").json()
            assert status["state"] == "interrupted"
            assert status["rerun_url"] == f"/evaluations/{running}/rerun"
