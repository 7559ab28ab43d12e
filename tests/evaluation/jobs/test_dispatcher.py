"""The dispatcher with a real queue, on SQLite and PostgreSQL, and with workers that a test ends."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from evaluation.errors import EvaluationError, JobCancelled, NotANumber, RequestUnreadable
from evaluation.jobs.dispatcher import Dispatcher
from evaluation.jobs.host import Ending
from evaluation.jobs.job import Job, JobResult, RowSource
from evaluation.jobs.leases import Leases
from evaluation.jobs.process_pool import Progress, WorkerPool
from evaluation.jobs.queue import JobQueue
from evaluation.jobs.recovery import INTERRUPTED
from evaluation.store.records import Stored
from evaluation.store.store import EvaluationStore
from tests.evaluation.evaluations import add, made


class Workers:
    """Worker processes whose jobs end when a test says so."""

    def __init__(self) -> None:
        self.jobs: dict[str, tuple[Job, Future[JobResult]]] = {}
        self.running = 0
        self.most_running = 0

    def submit(self, _run: Any, job: Job, *, job_id: str) -> "Future[JobResult]":
        future: Future[JobResult] = Future()
        self.jobs[job_id] = (job, future)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        return future

    def progress(self, job_id: str) -> Progress | None:
        running = job_id in self.jobs and not self.jobs[job_id][1].done()
        return Progress("scoring", 0.5) if running else None

    def cancel(self, job_id: str) -> bool:
        if job_id not in self.jobs or self.jobs[job_id][1].done():
            return False
        self.fail(job_id, JobCancelled())
        return True

    def close(self) -> None:
        for job_id in self.jobs:
            self.cancel(job_id)

    def succeed(self, job_id: str, **fields: Any) -> None:
        job, future = self.jobs[job_id]
        for path in (job.html_path, job.json_path, job.rows_path):
            path.write_text(job_id)
        self.running -= 1
        future.set_result(JobResult(made(evaluation_id=job_id, **fields).encode()))

    def fail(self, job_id: str, error: Exception) -> None:
        self.running -= 1
        self.jobs[job_id][1].set_exception(error)


class RecordingHost:
    """Evaluates the model "bike" and records what the dispatcher tells it."""

    errors: tuple[type[Exception], ...] = (EvaluationError,)

    def __init__(self, store: EvaluationStore, *, resumes: bool) -> None:
        self.resumes = resumes
        self.store = store
        self.endings: list[Ending] = []
        self.published_when_ended: list[str | None] = []
        self.published: str | None = None

    def models(self) -> list[str]:
        return ["bike"]

    def job(self, stored: Stored) -> Job:
        if stored.request == "damaged":
            raise RequestUnreadable("no JSON")
        drafts = self.store.files.drafts(stored.id, stored.attempts)
        return Job(stored.id, cast(RowSource, None), **drafts)

    def error_document(self, error: Exception) -> dict[str, Any]:
        return {"message": str(error), "status": 422}

    def refresh(self) -> None:
        self.published = self.store.published_id("bike")

    def ended(self, ending: Ending) -> None:
        self.endings.append(ending)
        self.published_when_ended.append(self.published)


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def host(store: EvaluationStore) -> RecordingHost:
    return RecordingHost(store, resumes=False)


@pytest.fixture
def dispatcher(queue: JobQueue, workers: Workers, host: RecordingHost) -> Iterator[Dispatcher]:
    working = start(queue, workers, host)
    yield working
    working.stop()


def start(queue: JobQueue, workers: Workers, host: RecordingHost) -> Dispatcher:
    dispatcher = Dispatcher(queue, cast(WorkerPool, workers), host)
    dispatcher.start()
    return dispatcher


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def state(store: EvaluationStore, evaluation_id: str) -> str:
    stored = store.get(evaluation_id)
    assert stored is not None
    return stored.state


def file_names(store: EvaluationStore) -> set[str]:
    return {path.name for path in store.files.folder.iterdir()}


def test_jobs_run_one_at_a_time_and_their_results_are_published_before_they_end(
    dispatcher: Dispatcher, queue: JobQueue, store: EvaluationStore, workers: Workers,
    host: RecordingHost,
) -> None:  # fmt: skip
    for number in range(3):
        add(queue, f"e{number}", created_at=float(number))
    dispatcher.wake()
    for number in range(3):
        wait_for(lambda name=f"e{number}": name in workers.jobs)  # type: ignore[misc]
        assert dispatcher.is_running(f"e{number}")
        workers.succeed(f"e{number}")
    wait_for(lambda: len(host.endings) == 3)
    assert workers.most_running == 1
    assert host.published_when_ended == ["e0", "e1", "e2"]
    assert [ending.state for ending in host.endings] == ["succeeded"] * 3
    assert "e0.html" in file_names(store)
    assert not [name for name in file_names(store) if name.endswith(".part")]


def test_only_the_models_of_the_host_are_evaluated(
    dispatcher: Dispatcher, queue: JobQueue, store: EvaluationStore, workers: Workers
) -> None:
    add(queue, "other", model="churn", created_at=1.0)
    add(queue, "ours", created_at=2.0)
    dispatcher.wake()
    wait_for(lambda: "ours" in workers.jobs)
    workers.succeed("ours")
    wait_for(lambda: state(store, "ours") == "succeeded")
    assert state(store, "other") == "queued"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NotANumber("current", "temp", 3, "warm"), "row 3 holds 'warm'"),
        (ZeroDivisionError("division by zero"), "unexpected error (division by zero)"),
        (OperationalError("SELECT", {}, ConnectionError("no route")), "no route"),
    ],
)
def test_an_error_of_a_job_is_stored_and_the_next_job_runs(
    dispatcher: Dispatcher, queue: JobQueue, store: EvaluationStore, workers: Workers,
    host: RecordingHost, error: Exception, message: str,
) -> None:  # fmt: skip
    add(queue, "bad", created_at=1.0)
    add(queue, "good", created_at=2.0)
    dispatcher.wake()
    wait_for(lambda: "bad" in workers.jobs)
    workers.jobs["bad"][0].html_path.write_text("half")
    workers.fail("bad", error)
    wait_for(lambda: "good" in workers.jobs)
    stored = store.get("bad")
    assert stored is not None
    assert stored.state == "failed"
    assert message in str(stored.error)
    assert file_names(store) == set()
    workers.succeed("good")
    wait_for(lambda: [ending.state for ending in host.endings] == ["failed", "succeeded"])
    assert state(store, "good") == "succeeded"


def test_a_request_that_cannot_be_read_back_fails_and_the_next_job_runs(
    dispatcher: Dispatcher, queue: JobQueue, store: EvaluationStore, workers: Workers
) -> None:
    add(queue, "damaged", request="damaged", created_at=1.0)
    add(queue, "good", created_at=2.0)
    dispatcher.wake()
    wait_for(lambda: "good" in workers.jobs)
    stored = store.get("damaged")
    assert stored is not None
    assert "can't be read back (no JSON)" in str(stored.error)


def test_a_job_that_another_process_cancels_is_stopped_and_leaves_no_files(
    dispatcher: Dispatcher, queue: JobQueue, store: EvaluationStore, workers: Workers,
    host: RecordingHost,
) -> None:  # fmt: skip
    add(queue, "a")
    dispatcher.wake()
    wait_for(lambda: "a" in workers.jobs)
    workers.jobs["a"][0].html_path.write_text("half")
    assert queue.cancel("a")
    wait_for(lambda: [ending.state for ending in host.endings] == ["cancelled"])
    assert (state(store, "a"), file_names(store)) == ("cancelled", set())


def test_a_result_waits_for_a_database_server_and_fails_on_a_broken_file(
    engine: sa.Engine, dispatcher: Dispatcher, queue: JobQueue, store: EvaluationStore,
    workers: Workers, host: RecordingHost,
) -> None:  # fmt: skip
    add(queue, "a")
    dispatcher.wake()
    wait_for(lambda: "a" in workers.jobs)
    outage = threading.Event()

    def refuse(_connection: sa.Connection) -> None:
        outage.set()
        raise OperationalError("BEGIN", {}, ConnectionError("the database is away"))

    sa.event.listen(engine, "begin", refuse)
    workers.succeed("a")
    assert outage.wait(10)
    # long enough for another turn
    time.sleep(1.2)
    sa.event.remove(engine, "begin", refuse)
    wait_for(lambda: len(host.endings) == 1)
    (ending,) = host.endings
    if engine.dialect.name == "sqlite":
        assert "could not be stored (the database is away)" in str(ending.error)
    else:
        assert ending.state == "succeeded"
        assert state(store, "a") == "succeeded"
        assert {"a.html", "a.json", "a.parquet"} == file_names(store)


def test_a_stop_interrupts_what_runs_and_leaves_what_waits(
    queue: JobQueue, store: EvaluationStore, workers: Workers, host: RecordingHost
) -> None:
    dispatcher = start(queue, workers, host)
    add(queue, "running", created_at=1.0)
    add(queue, "waiting", created_at=2.0)
    dispatcher.wake()
    wait_for(lambda: "running" in workers.jobs)
    dispatcher.stop()
    assert (state(store, "running"), state(store, "waiting")) == ("interrupted", "queued")
    stored = store.get("running")
    assert stored is not None
    assert stored.error == {"message": INTERRUPTED, "status": 422}
    assert [ending.state for ending in host.endings] == ["interrupted"]


def test_a_stop_while_the_database_is_away_leaves_no_drafts(
    engine: sa.Engine, queue: JobQueue, store: EvaluationStore, workers: Workers,
    host: RecordingHost,
) -> None:  # fmt: skip
    dispatcher = start(queue, workers, host)
    add(queue, "a")
    dispatcher.wake()
    wait_for(lambda: "a" in workers.jobs)
    workers.jobs["a"][0].html_path.write_text("half")

    def refuse(_connection: sa.Connection) -> None:
        raise OperationalError("BEGIN", {}, ConnectionError("the database is away"))

    sa.event.listen(engine, "begin", refuse)
    dispatcher.stop()
    sa.event.remove(engine, "begin", refuse)
    assert file_names(store) == set()
    assert [ending.state for ending in host.endings] == ["interrupted"]


def test_a_host_that_resumes_runs_again_what_its_last_process_left(
    engine: sa.Engine, store: EvaluationStore, workers: Workers
) -> None:
    host = RecordingHost(store, resumes=True)
    first = start(JobQueue(store, Leases(engine, "here|1|first", 60)), workers, host)
    queue = JobQueue(store, Leases(engine, "here|1|second", 60))
    add(queue, "a")
    first.wake()
    wait_for(lambda: "a" in workers.jobs)
    first.stop()
    assert state(store, "a") == "running"
    later = Workers()
    second = start(queue, later, host)
    wait_for(lambda: "a" in later.jobs)
    later.succeed("a")
    wait_for(lambda: len(host.endings) == 2)
    second.stop()
    assert [ending.state for ending in host.endings] == ["interrupted", "succeeded"]
