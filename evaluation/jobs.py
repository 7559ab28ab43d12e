"""Runs evaluations in warm worker processes: a queue, progress, cancel, a time limit."""

import logging
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

from pebble import ProcessExpired, ProcessPool

from evaluation.errors import (
    JobCancelled,
    JobTimedOut,
    QueueFull,
    RunnerClosed,
    WorkerDied,
)

log = logging.getLogger(__name__)

State = Literal["queued", "running", "finished"]
Report = Callable[[str, float], None]

NICENESS = 10
FIRST_GUESS_SECONDS = 5.0


@dataclass(frozen=True)
class Progress:
    """Where a job stands; `fraction` is between 0 and 1, `ahead` counts the jobs before it."""

    state: State
    stage: str = ""
    fraction: float = 0.0
    ahead: int = 0


@dataclass
class _Job:
    id: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    progress_file: Path
    outcome: "Future[Any]" = field(default_factory=Future)
    inner: Any = None
    started: float = 0.0


class JobRunner:
    """One job at a time in a spawned process, with a second process kept warm as a spare.

    A job is a function of this signature, importable in the worker:
    `function(report, *arguments)`; it calls `report(stage, fraction)`. Its result and arguments
    are pickled. The spare takes over at once when a running job is cancelled, which kills its
    process. Thread-safe.
    """

    def __init__(
        self,
        *,
        queue_limit: int = 20,
        time_limit_seconds: float = 600.0,
        warm_up: Callable[[], None] | None = None,
        spares: int = 1,
    ) -> None:
        # the children inherit both: the same numbers in every process, and nothing sent out
        os.environ.setdefault("PYTHONHASHSEED", "0")
        os.environ.setdefault("DO_NOT_TRACK", "1")
        self.queue_limit = queue_limit
        self.time_limit_seconds = time_limit_seconds
        self._directory = tempfile.TemporaryDirectory(prefix="belvedere-jobs-")
        self._pool: Any = ProcessPool(
            max_workers=1 + spares,
            context=get_context("spawn"),
            initializer=_prepare_worker,
            initargs=[os.getpid(), warm_up],
        )
        self._lock = threading.RLock()
        self._waiting: deque[_Job] = deque()
        self._running: _Job | None = None
        self._closed = False
        self._usual_seconds = FIRST_GUESS_SECONDS
        # pebble starts its processes with the first task
        self._pool.schedule(_nothing)

    def submit(self, function: Callable[..., Any], *arguments: Any, job_id: str) -> "Future[Any]":
        """Queue a job. Raises QueueFull and RunnerClosed; the future raises a JobError or the
        job's own error."""
        with self._lock:
            if self._closed:
                raise RunnerClosed
            if len(self._waiting) >= self.queue_limit:
                raise QueueFull(self.queue_limit, self.retry_after_seconds())
            file = Path(self._directory.name) / job_id
            job = _Job(job_id, function, arguments, file)
            self._waiting.append(job)
            self._start_next()
            return job.outcome

    def retry_after_seconds(self) -> int:
        """When a place in the queue should be free, from how long jobs took lately."""
        return max(1, round(self._usual_seconds))

    def progress(self, job_id: str) -> Progress:
        """Where the job stands; "finished" for one that this runner does not know any more."""
        with self._lock:
            for ahead, job in enumerate(self._waiting):
                if job.id == job_id:
                    return Progress("queued", ahead=ahead + (self._running is not None))
            running = self._running
        if running is None or running.id != job_id:
            return Progress("finished", fraction=1.0)
        try:
            fraction, _, stage = running.progress_file.read_text("utf-8").partition(" ")
        except OSError:
            return Progress("running", "starting")
        return Progress("running", stage, float(fraction))

    def cancel(self, job_id: str) -> bool:
        """Stop a waiting or running job; its process is killed. False if there is none."""
        with self._lock:
            for job in self._waiting:
                if job.id == job_id:
                    self._waiting.remove(job)
                    job.outcome.set_exception(JobCancelled())
                    return True
            if self._running is not None and self._running.id == job_id:
                return bool(self._running.inner.cancel())
        return False

    def close(self) -> None:
        """End the processes; what waits or runs is cancelled."""
        with self._lock:
            self._closed = True
            waiting = list(self._waiting)
            self._waiting.clear()
            running = self._running
        for job in waiting:
            job.outcome.set_exception(JobCancelled())
        if running is not None:
            running.inner.cancel()
        self._pool.stop()
        self._pool.join(timeout=10)
        self._directory.cleanup()

    def _start_next(self) -> None:
        if self._running is not None or not self._waiting:
            return
        job = self._running = self._waiting.popleft()
        job.started = time.monotonic()
        arguments = [job.function, str(job.progress_file), *job.arguments]
        job.inner = self._pool.schedule(_call, args=arguments, timeout=self.time_limit_seconds)
        job.inner.add_done_callback(lambda inner: self._finished(job, inner))

    def _finished(self, job: _Job, inner: Any) -> None:
        with self._lock:
            self._running = None
            took = time.monotonic() - job.started
            self._usual_seconds = 0.7 * self._usual_seconds + 0.3 * took
            if not self._closed:
                self._start_next()
        job.progress_file.unlink(missing_ok=True)
        try:
            job.outcome.set_result(inner.result())
        except CancelledError:
            job.outcome.set_exception(JobCancelled())
        except FutureTimeoutError:
            job.outcome.set_exception(JobTimedOut(self.time_limit_seconds))
        except ProcessExpired:
            job.outcome.set_exception(WorkerDied())
        except Exception as error:  # noqa: BLE001 - the job's own error goes to who asked for it
            job.outcome.set_exception(error)


def _nothing() -> None:
    pass


def _call(function: Callable[..., Any], progress_file: str, *arguments: Any) -> Any:
    """In the worker: run the job with a reporter that writes its progress to a file."""
    part = f"{progress_file}.part"

    def report(stage: str, fraction: float) -> None:
        Path(part).write_text(f"{fraction:.3f} {stage}", "utf-8")
        os.replace(part, progress_file)

    return function(report, *arguments)


def _prepare_worker(parent: int, warm_up: Callable[[], None] | None) -> None:
    """In the worker: give way to the service, cap threads, end with the parent, get warm."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if warm_up is not None:
        warm_up()
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
