"""The worker pool with real processes: progress, cancellation, limits, death."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from evaluation.errors import (
    JobCancelled,
    JobFailed,
    JobTimedOut,
    NotANumber,
    PoolClosed,
    WorkerDied,
)
from evaluation.jobs.process_pool import Limits, Progress, WorkerPool
from evaluation.jobs.worker_process import NICENESS
from tests.evaluation.jobs import job_functions as work


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    workers = WorkerPool(Limits(seconds=600))
    yield workers
    workers.close()


def wait_for(condition: Callable[[], bool], seconds: float = 300.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def is_running(pool: WorkerPool, job_id: str) -> bool:
    return stage(pool, job_id) == "sleeping"


def stage(pool: WorkerPool, job_id: str) -> str:
    progress = pool.progress(job_id)
    return progress.stage if progress else ""


def submit_sleep(pool: WorkerPool, job_id: str, seconds: float = 25.0) -> "Future[Any]":
    return pool.submit(work.sleep, seconds, job_id=job_id)


def test_a_job_returns_what_its_function_returns_from_another_process(pool: WorkerPool) -> None:
    pid, squares = pool.submit(work.squares, 4, job_id="a").result(300)
    assert squares == [0, 1, 4, 9]
    assert pid != os.getpid()


def test_a_job_reports_its_stage_and_fraction_while_it_runs(pool: WorkerPool) -> None:
    submit_sleep(pool, "a")
    wait_for(lambda: is_running(pool, "a"))
    assert pool.progress("a") == Progress("sleeping", 0.25)


def test_a_job_that_does_not_run_has_no_progress(pool: WorkerPool) -> None:
    pool.submit(work.squares, 2, job_id="a").result(300)
    wait_for(lambda: pool.progress("a") is None)
    assert pool.progress("unknown") is None


def test_jobs_run_side_by_side_on_as_many_processes_as_the_pool_has(pool: WorkerPool) -> None:
    submit_sleep(pool, "a")
    submit_sleep(pool, "b")
    wait_for(lambda: is_running(pool, "a") and is_running(pool, "b"))


def test_cancelling_a_running_job_kills_it(pool: WorkerPool) -> None:
    future = submit_sleep(pool, "a")
    wait_for(lambda: is_running(pool, "a"))
    assert pool.cancel("a")
    with pytest.raises(JobCancelled):
        future.result(300)


def test_the_process_of_a_cancelled_job_ends_even_when_it_ignores_sigterm(
    pool: WorkerPool,
) -> None:
    future = pool.submit(work.deaf, job_id="a")
    wait_for(lambda: stage(pool, "a").startswith("pid "))
    pid = int(stage(pool, "a").removeprefix("pid "))
    pool.cancel("a")
    with pytest.raises(JobCancelled):
        future.result(300)
    wait_for(lambda: not _alive(pid))


def test_the_next_job_runs_after_one_was_cancelled(pool: WorkerPool) -> None:
    submit_sleep(pool, "a")
    after = pool.submit(work.squares, 2, job_id="b")
    wait_for(lambda: is_running(pool, "a"))
    pool.cancel("a")
    assert after.result(300)[1] == [0, 1]


def test_a_job_beyond_the_processes_waits_and_is_cancelled(pool: WorkerPool) -> None:
    submit_sleep(pool, "a")
    submit_sleep(pool, "b")
    waiting = submit_sleep(pool, "c")
    assert pool.cancel("c")
    with pytest.raises(JobCancelled):
        waiting.result(300)
    assert pool.progress("c") is None


def test_a_job_whose_future_is_dropped_does_not_stop_the_next_one(pool: WorkerPool) -> None:
    submit_sleep(pool, "a", 0.5)
    submit_sleep(pool, "b").cancel()
    assert pool.submit(work.squares, 2, job_id="c").result(300)[1] == [0, 1]


def test_cancelling_an_unknown_job_returns_false(pool: WorkerPool) -> None:
    assert not pool.cancel("nobody")


def test_a_job_past_its_time_limit_is_stopped_with_an_error_that_names_it() -> None:
    pool = WorkerPool(Limits(seconds=0.5))
    try:
        with pytest.raises(JobTimedOut, match=r"limit of 0\.5 s"):
            submit_sleep(pool, "a").result(300)
        assert pool.submit(work.squares, 2, job_id="b").result(300)[1] == [0, 1]
    finally:
        pool.close()


def test_a_killed_worker_is_an_error_of_its_job_and_the_next_one_runs(pool: WorkerPool) -> None:
    future = pool.submit(work.kill_myself, job_id="a")
    with pytest.raises(WorkerDied):
        future.result(300)
    assert pool.submit(work.squares, 2, job_id="b").result(300)[1] == [0, 1]


def test_the_death_of_idle_workers_does_not_end_the_pool(pool: WorkerPool) -> None:
    pid, _ = pool.submit(work.squares, 1, job_id="a").result(300)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not _alive(pid))
    time.sleep(0.5)
    assert pool.submit(work.squares, 2, job_id="b").result(300)[1] == [0, 1]


def test_an_error_of_our_own_keeps_its_text_and_type(pool: WorkerPool) -> None:
    with pytest.raises(NotANumber, match=r"Column temp .* row 3 holds 'warm'"):
        pool.submit(work.refuse, job_id="a").result(300)


def test_an_error_that_cannot_be_pickled_still_ends_its_job(pool: WorkerPool) -> None:
    with pytest.raises(JobFailed, match=r"Evaluation a failed .* unpicklable"):
        pool.submit(work.fail_strangely, job_id="a").result(300)
    assert pool.submit(work.squares, 2, job_id="b").result(300)[1] == [0, 1]


def test_workers_have_a_low_priority_and_a_fixed_hash_seed(pool: WorkerPool) -> None:
    facts = pool.submit(work.facts, job_id="a").result(300)
    assert facts["niceness"] >= NICENESS
    assert facts["hash_seed"] == "0"
    assert facts["do_not_track"] == "1"


def test_the_spare_is_warmed_up_before_the_first_job() -> None:
    pool = WorkerPool(warm_up=work.get_warm)
    try:
        assert pool.submit(work.is_warm, job_id="a").result(300)
    finally:
        pool.close()


def test_a_closed_pool_rejects_jobs_and_cancels_running_ones() -> None:
    pool = WorkerPool()
    future = submit_sleep(pool, "a")
    pool.close()
    with pytest.raises(JobCancelled):
        future.result(300)
    with pytest.raises(PoolClosed):
        submit_sleep(pool, "b")


def test_workers_do_not_run_the_main_script_of_their_parent_again(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    script = tmp_path / "heavy.py"
    script.write_text(
        f"with open({str(runs)!r}, 'a') as file: file.write(__name__ + ' ')\n"
        "from evaluation.jobs.process_pool import WorkerPool\n"
        "from tests.evaluation.jobs import job_functions as work\n"
        "if __name__ == '__main__':\n"
        "    pool = WorkerPool()\n"
        "    print(pool.submit(work.squares, 3, job_id='a').result(300)[1])\n"
        "    pool.close()\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "[0, 1, 4]\n"), done.stderr
    assert runs.read_text() == "__main__ "


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
