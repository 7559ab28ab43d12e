"""The status of an evaluation: its place in the queue, its progress, and the time that is left."""

import pytest

from evaluation.jobs.process_pool import Progress
from evaluation.jobs.queue import JobQueue
from evaluation.jobs.status import FIRST_GUESS_SECONDS, StatusReader, remaining_seconds
from evaluation.store.records import Stored
from evaluation.store.store import EvaluationStore
from tests.evaluation.evaluations import add, fail, finish


def get(store: EvaluationStore, evaluation_id: str) -> Stored:
    stored = store.get(evaluation_id)
    assert stored is not None
    return stored


def test_a_waiting_evaluation_counts_those_before_it_at_the_usual_time(
    store: EvaluationStore, queue: JobQueue
) -> None:
    for number in range(3):
        add(queue, f"e{number}", created_at=float(number))
    queue.claim("bike")
    status = StatusReader(queue, lambda _: None).read(get(store, "e2"))
    assert (status.state, status.stage, status.progress, status.ahead) == ("queued", "queued", 0, 2)
    assert status.remaining_seconds == 3 * FIRST_GUESS_SECONDS


def test_a_running_evaluation_has_the_progress_of_its_worker_or_the_stored_one(
    store: EvaluationStore, queue: JobQueue
) -> None:
    add(queue, "a")
    queue.claim("bike")
    queue.note("a", "scoring", 0.25)
    elsewhere = StatusReader(queue, lambda _: None).read(get(store, "a"))
    assert (elsewhere.stage, elsewhere.progress) == ("scoring", 0.25)
    here = StatusReader(queue, lambda _: Progress("writing the report", 1.0)).read(get(store, "a"))
    assert (here.stage, here.progress, here.ahead) == ("writing the report", 0.99, 0)


def test_a_finished_evaluation_has_nothing_left(store: EvaluationStore, queue: JobQueue) -> None:
    add(queue, "a")
    finish(queue, "a")
    add(queue, "b")
    fail(queue, "b")
    reader = StatusReader(queue, lambda _: None)
    done, failed = (reader.read(get(store, name)) for name in ("a", "b"))
    assert (done.state, done.stage, done.progress) == ("succeeded", "done", 1.0)
    assert (failed.state, failed.progress) == ("failed", 1.0)
    assert done.remaining_seconds is failed.remaining_seconds is None


@pytest.mark.parametrize(
    ("elapsed", "fraction", "usual", "remaining"),
    [(0.0, 0.0, 10.0, 10.0), (5.0, 0.5, 10.0, 5.0), (9.0, 0.9, 5.0, 0.9), (30.0, 0.0, 10.0, 0.0)],
)
def test_the_time_that_is_left_moves_from_the_usual_time_to_the_own_pace(
    elapsed: float, fraction: float, usual: float, remaining: float
) -> None:
    assert remaining_seconds(elapsed, fraction, usual) == pytest.approx(remaining)
