"""The job runner with real worker processes: queue, progress, cancel, limits, death."""

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
    QueueFull,
    RunnerClosed,
    WorkerDied,
)
from evaluation.jobs.process_pool import JobRunner
from evaluation.jobs.worker_process import NICENESS
from tests.evaluation.jobs import job_functions as work


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    made = JobRunner(queue_limit=2, time_limit_seconds=30)
    yield made
    made.close()


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def is_running(runner: JobRunner, job_id: str) -> bool:
    return runner.progress(job_id).stage == "sleeping"


def submit_sleep(runner: JobRunner, job_id: str, seconds: float = 25.0) -> "Future[Any]":
    return runner.submit(work.sleep, seconds, job_id=job_id)


def test_a_job_returns_what_its_function_returns_from_another_process(runner: JobRunner) -> None:
    pid, squares = runner.submit(work.squares, 4, job_id="a").result(20)
    assert squares == [0, 1, 4, 9]
    assert pid != os.getpid()


def test_a_job_reports_its_stage_and_fraction_while_it_runs(runner: JobRunner) -> None:
    submit_sleep(runner, "a")
    wait_for(lambda: is_running(runner, "a"))
    progress = runner.progress("a")
    assert (progress.state, progress.fraction) == ("running", 0.25)


def test_a_second_job_waits_and_knows_how_many_are_before_it(runner: JobRunner) -> None:
    submit_sleep(runner, "a")
    submit_sleep(runner, "b")
    submit_sleep(runner, "c")
    assert runner.progress("b").ahead == 1
    assert runner.progress("c").ahead == 2


def test_one_job_too_many_is_refused_with_a_time_to_come_back(runner: JobRunner) -> None:
    for job_id in ("running", "b", "c"):
        submit_sleep(runner, job_id)
    with pytest.raises(QueueFull) as caught:
        submit_sleep(runner, "d")
    assert caught.value.retry_after_seconds >= 1
    assert "2 evaluations are waiting" in str(caught.value)


def test_cancelling_a_running_job_kills_it_within_a_second(runner: JobRunner) -> None:
    future = submit_sleep(runner, "a")
    wait_for(lambda: is_running(runner, "a"))
    started = time.monotonic()
    assert runner.cancel("a")
    with pytest.raises(JobCancelled):
        future.result(5)
    assert time.monotonic() - started < 1.0


def test_the_process_of_a_cancelled_job_is_gone_even_when_it_is_deaf_to_sigterm(
    runner: JobRunner,
) -> None:
    future = runner.submit(work.deaf, job_id="a")
    wait_for(lambda: runner.progress("a").stage.startswith("pid "))
    pid = int(runner.progress("a").stage.removeprefix("pid "))
    runner.cancel("a")
    with pytest.raises(JobCancelled):
        future.result(5)
    wait_for(lambda: not _alive(pid), seconds=1.5)


def test_the_next_job_runs_after_one_was_cancelled(runner: JobRunner) -> None:
    submit_sleep(runner, "a")
    after = runner.submit(work.squares, 2, job_id="b")
    wait_for(lambda: is_running(runner, "a"))
    runner.cancel("a")
    assert after.result(20)[1] == [0, 1]


def test_cancelling_a_waiting_job_takes_it_out_of_the_queue(runner: JobRunner) -> None:
    submit_sleep(runner, "a")
    waiting = submit_sleep(runner, "b")
    assert runner.cancel("b")
    with pytest.raises(JobCancelled):
        waiting.result(1)
    assert runner.progress("b").state == "finished"


def test_a_job_that_nobody_waits_for_any_more_does_not_stop_the_queue(runner: JobRunner) -> None:
    submit_sleep(runner, "a", 0.5)
    submit_sleep(runner, "b").cancel()
    assert runner.submit(work.squares, 2, job_id="c").result(20)[1] == [0, 1]


def test_cancelling_an_unknown_job_says_that_there_is_none(runner: JobRunner) -> None:
    assert not runner.cancel("nobody")


def test_a_job_past_its_time_limit_is_stopped_and_says_so() -> None:
    runner = JobRunner(time_limit_seconds=0.5)
    try:
        with pytest.raises(JobTimedOut, match=r"limit of 0\.5 s"):
            submit_sleep(runner, "a").result(20)
        assert runner.submit(work.squares, 2, job_id="b").result(20)[1] == [0, 1]
    finally:
        runner.close()


def test_a_killed_worker_is_an_error_of_its_job_and_the_next_one_runs(runner: JobRunner) -> None:
    future = runner.submit(work.kill_myself, job_id="a")
    with pytest.raises(WorkerDied):
        future.result(20)
    assert runner.submit(work.squares, 2, job_id="b").result(20)[1] == [0, 1]


def test_the_death_of_idle_workers_does_not_end_the_runner(runner: JobRunner) -> None:
    pid, _ = runner.submit(work.squares, 1, job_id="a").result(20)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not _alive(pid))
    time.sleep(0.5)
    assert runner.submit(work.squares, 2, job_id="b").result(20)[1] == [0, 1]


def test_an_error_of_our_own_crosses_with_its_text_and_type(runner: JobRunner) -> None:
    with pytest.raises(NotANumber, match=r"Column temp .* row 3 holds 'warm'"):
        runner.submit(work.refuse, job_id="a").result(20)


def test_an_error_that_cannot_be_pickled_still_ends_its_job(runner: JobRunner) -> None:
    with pytest.raises(JobFailed, match=r"Evaluation a failed .* unpicklable"):
        runner.submit(work.fail_strangely, job_id="a").result(20)
    assert runner.submit(work.squares, 2, job_id="b").result(20)[1] == [0, 1]


def test_workers_give_way_and_are_repeatable(runner: JobRunner) -> None:
    facts = runner.submit(work.facts, job_id="a").result(20)
    assert facts["niceness"] >= NICENESS
    assert facts["hash_seed"] == "0"
    assert facts["do_not_track"] == "1"


def test_the_spare_is_warmed_up_before_the_first_job() -> None:
    runner = JobRunner(warm_up=work.get_warm)
    try:
        assert runner.submit(work.is_warm, job_id="a").result(20)
    finally:
        runner.close()


def test_a_closed_runner_refuses_jobs_and_cancels_those_it_had() -> None:
    runner = JobRunner()
    future = submit_sleep(runner, "a")
    runner.close()
    with pytest.raises(JobCancelled):
        future.result(5)
    with pytest.raises(RunnerClosed):
        submit_sleep(runner, "b")


def test_workers_do_not_run_the_main_script_of_their_parent_again(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    script = tmp_path / "heavy.py"
    script.write_text(
        f"with open({str(runs)!r}, 'a') as file: file.write(__name__ + ' ')\n"
        "from evaluation.jobs.process_pool import JobRunner\n"
        "from tests.evaluation.jobs import job_functions as work\n"
        "if __name__ == '__main__':\n"
        "    runner = JobRunner()\n"
        "    print(runner.submit(work.squares, 3, job_id='a').result(20)[1])\n"
        "    runner.close()\n"
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
