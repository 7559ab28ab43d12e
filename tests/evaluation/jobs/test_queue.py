"""The queue in the database: no job twice, none lost; on SQLite and on a real PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from evaluation.errors import QueueFull
from evaluation.jobs.leases import REPLICA, Leases, new_holder
from evaluation.jobs.queue import JobQueue
from evaluation.jobs.recovery import Recovery
from evaluation.store.records import Outcome
from evaluation.store.store import EvaluationStore
from evaluation.store.tables import leases as lease_table
from tests.evaluation.evaluations import add, fail, finish, made, new


def replica(
    engine: sa.Engine, store: EvaluationStore, holder: str, seconds: float = 60
) -> JobQueue:
    leases = Leases(engine, holder, seconds)
    leases.join()
    return JobQueue(store, leases)


def die(engine: sa.Engine, holder: str) -> None:
    """As time does when a replica renews its lease no more."""
    with engine.begin() as connection:
        connection.execute(
            lease_table.update().where(lease_table.c.name == REPLICA + holder).values(until=1.0)
        )


def state(store: EvaluationStore, evaluation_id: str) -> str:
    stored = store.get(evaluation_id)
    assert stored is not None
    return stored.state


def test_jobs_are_claimed_oldest_first_and_by_model(
    store: EvaluationStore, queue: JobQueue
) -> None:
    for number in (2, 1, 3):
        add(queue, f"e{number}", created_at=float(number))
    add(queue, "other", model="churn", created_at=0.0)
    taken = [queue.claim("bike") for _ in range(4)]
    assert [stored.id if stored else None for stored in taken] == ["e1", "e2", "e3", None]
    assert state(store, "other") == "queued"


def test_two_replicas_never_claim_the_same_job(
    engine: sa.Engine, store: EvaluationStore, queue: JobQueue
) -> None:
    for number in range(40):
        add(queue, f"e{number}")
    replicas = [replica(engine, store, f"here|1|{number}") for number in range(4)]
    ready = threading.Barrier(4)

    def take(of: JobQueue) -> list[str]:
        ready.wait()
        taken = []
        while (stored := of.claim("bike")) is not None:
            taken.append(stored.id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [each for found in pool.map(take, replicas) for each in found]
    assert sorted(taken) == sorted(f"e{number}" for number in range(40))


def test_the_queue_limit_holds_for_concurrent_requests(
    engine: sa.Engine, store: EvaluationStore, queue: JobQueue
) -> None:
    replicas = [queue, replica(engine, store, "here|1|b")]

    def put(number: int) -> bool:
        try:
            replicas[number % 2].add(new(f"e{number}"), 5, 7)
        except QueueFull as error:
            assert error.retry_after_seconds == 7
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(put, range(20)))
    assert sum(kept) == 5
    assert store.page(model="bike")[1] == 5


def test_a_failure_is_stored_with_its_message(store: EvaluationStore, queue: JobQueue) -> None:
    add(queue, "a")
    assert fail(queue, "a")
    stored = store.get("a")
    assert stored is not None
    assert (stored.state, stored.error, stored.document) == ("failed", {"message": "no rows"}, None)


def test_a_cancelled_job_stays_cancelled_when_its_worker_finishes(
    engine: sa.Engine, store: EvaluationStore, queue: JobQueue
) -> None:
    add(queue, "waiting")
    assert queue.cancel("waiting")
    assert queue.claim("bike") is None
    add(queue, "running")
    assert queue.claim("bike") is not None
    other = replica(engine, store, "here|1|b")
    assert other.cancel("running")
    assert not queue.note("running", "scoring", 0.5)
    moved: list[str] = []
    assert not queue.finish("running", Outcome(made()), lambda: moved.append("files"))
    assert not queue.fail("running", {"message": "x"})
    assert (state(store, "running"), moved) == ("cancelled", [])
    assert not queue.cancel("running")
    assert not queue.cancel("nobody")


def test_a_result_is_not_stored_when_its_files_cannot_be_stored(
    store: EvaluationStore, queue: JobQueue
) -> None:
    add(queue, "a")
    queue.claim("bike")

    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        queue.finish("a", Outcome(made()), full)
    assert state(store, "a") == "running"


def test_a_result_may_be_stored_again_when_the_answer_of_the_commit_was_lost(
    store: EvaluationStore, queue: JobQueue
) -> None:
    add(queue, "a", tags=("nightly",))
    queue.claim("bike")
    moved: list[str] = []
    for _ in range(2):
        assert queue.finish("a", Outcome(made(), comment="large"), lambda: moved.append("files"))
    assert moved == ["files"]
    stored = store.get("a")
    assert stored is not None
    assert (stored.state, stored.tags, stored.comment) == ("succeeded", ("nightly",), "large")


def test_a_result_and_its_tags_are_stored_together_or_not_at_all(
    store: EvaluationStore, queue: JobQueue
) -> None:
    add(queue, "a", tags=("old",))
    queue.claim("bike")

    def full() -> None:
        raise OSError(28, "No space left on device")

    outcome = Outcome(made(), tags=("new",), comment="large")
    with pytest.raises(OSError, match="No space"):
        queue.finish("a", outcome, full)
    stored = store.get("a")
    assert stored is not None
    assert (stored.state, stored.tags, stored.comment) == ("running", ("old",), None)
    assert queue.finish("a", outcome, lambda: None)
    stored = store.get("a")
    assert stored is not None
    assert (stored.tags, stored.comment) == (("new",), "large")


def test_other_replicas_read_the_progress(store: EvaluationStore, queue: JobQueue) -> None:
    add(queue, "a")
    add(queue, "b")
    queue.claim("bike")
    assert queue.note("a", "scoring", 0.4)
    stored, waiting = store.get("a"), store.get("b")
    assert stored is not None
    assert waiting is not None
    assert (stored.stage, stored.progress) == ("scoring", 0.4)
    assert queue.ahead(waiting) == 1


def test_after_a_restart_running_jobs_are_interrupted_and_queued_ones_stay_queued(
    engine: sa.Engine, store: EvaluationStore
) -> None:
    before = replica(engine, store, "there|7|dead")
    for name in ("running", "waiting", "done"):
        add(before, name)
    add(before, "other", model="churn")
    finish(before, "done")
    assert before.claim("bike", only="running") is not None
    store.files.draft("running", 1, "html").write_text("half")
    die(engine, "there|7|dead")
    after = replica(engine, store, "here|1|a")
    assert Recovery(after).after_start("bike") == 1
    states = {name: state(store, name) for name in ("running", "waiting", "done", "other")}
    assert states == {
        "running": "interrupted", "waiting": "queued", "done": "succeeded", "other": "queued",
    }  # fmt: skip
    assert "run it again" in str(getattr(store.get("running"), "error", None))
    assert not list(store.files.folder.iterdir())
    assert Recovery(after).after_start("bike") == 0


def test_a_replica_takes_over_jobs_of_a_dead_one_at_most_once(
    engine: sa.Engine, store: EvaluationStore, queue: JobQueue
) -> None:
    add(queue, "a")
    for attempt, holder in enumerate(("there|7|x", "there|8|y"), 1):
        dying = replica(engine, store, holder)
        taken = dying.claim("bike")
        assert taken is not None
        assert taken.attempts == attempt
        assert Recovery(queue).take_over("bike") == 0, "it lives"
        die(engine, holder)
        assert Recovery(queue).take_over("bike") == 1
        assert not dying.finish("a", Outcome(made()), lambda: None), "it is not its job any more"
    stored = store.get("a")
    assert stored is not None
    assert stored.state == "interrupted"
    assert "2 times" in str(stored.error)


@pytest.mark.usefixtures("queue")
def test_a_new_replica_queues_jobs_of_a_dead_one_again_when_others_are_alive(
    engine: sa.Engine, store: EvaluationStore
) -> None:
    dying = replica(engine, store, "there|7|x")
    add(dying, "a")
    dying.claim("bike")
    die(engine, "there|7|x")
    assert Recovery(replica(engine, store, "here|1|b")).after_start("bike") == 0
    assert state(store, "a") == "queued"


def test_a_job_is_queued_again_when_the_answer_of_its_claim_was_lost(
    store: EvaluationStore, queue: JobQueue
) -> None:
    for name in ("lost", "known"):
        add(queue, name)
        queue.claim("bike")
    assert Recovery(queue).give_back("bike", ["known"]) == ["lost"]
    assert (state(store, "lost"), state(store, "known")) == ("queued", "running")
    assert Recovery(queue).give_back("bike", ["known"]) == []
    taken = queue.claim("bike")
    assert taken is not None
    assert (taken.id, taken.attempts) == ("lost", 1), "the claim that was lost is no attempt"


def test_a_failure_is_stored_when_the_database_is_back(
    engine: sa.Engine, store: EvaluationStore, queue: JobQueue
) -> None:
    add(queue, "a")
    queue.claim("bike")

    def gone(_connection: sa.Connection) -> None:
        raise OperationalError("BEGIN", {}, ConnectionError("the database is away"))

    sa.event.listen(engine, "begin", gone)
    with pytest.raises(OperationalError):
        queue.fail("a", {"message": "The column price is missing."})
    with pytest.raises(OperationalError):
        Recovery(queue).give_back("bike", [])
    sa.event.remove(engine, "begin", gone)
    assert state(store, "a") == "running"
    assert Recovery(queue).give_back("bike", []) == []
    stored = store.get("a")
    assert stored is not None
    assert (stored.state, stored.error) == ("failed", {"message": "The column price is missing."})


@pytest.mark.usefixtures("store")
def test_a_lease_has_one_holder_until_it_ends_or_is_given_back(engine: sa.Engine) -> None:
    first, second = Leases(engine, "a|1|a", 0.4), Leases(engine, "b|1|b", 60)
    assert first.hold("schedules")
    assert first.hold("schedules"), "renewed"
    assert not second.hold("schedules")
    threading.Event().wait(0.6)
    assert second.hold("schedules")
    assert not first.hold("schedules")
    second.leave()
    assert first.hold("schedules")


@pytest.mark.usefixtures("store")
def test_concurrent_processes_get_a_lease_once(engine: sa.Engine) -> None:
    holders = [Leases(engine, f"a|1|{number}", 60) for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda each: each.hold("schedules"), holders)) == 1


@pytest.mark.usefixtures("store")
def test_a_process_of_this_machine_that_ended_is_dead_at_once(engine: sa.Engine) -> None:
    mine = Leases(engine, new_holder(), 60)
    mine.join()
    host = mine.holder.partition("|")[0]
    # a number that no process has: past Linux's largest
    gone, before = f"{host}|4999999|x", mine.holder.rpartition("|")[0] + "|other"
    elsewhere = "another-host|4999999|x"
    for holder in (gone, before, elsewhere):
        Leases(engine, holder, 60).join()
    assert mine.alive() == {mine.holder, elsewhere}
