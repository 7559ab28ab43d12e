"""Runs jobs in warm worker processes, with progress, cancellation and limits."""

import logging
import os
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pebble

from evaluation.errors import (
    JobCancelled,
    JobError,
    JobTimedOut,
    JobTooLarge,
    PoolClosed,
    WorkerDied,
)
from evaluation.jobs.worker_process import CONTEXT, prepare, resident_bytes, run_job

log = logging.getLogger(__name__)

TERM_SECONDS = 0.3
MEMORY_CHECK_SECONDS = 0.1


@dataclass(frozen=True)
class Limits:
    """Limits of one job; `memory_bytes` is what its process may hold, None for no limit."""

    seconds: float = 1800.0
    memory_bytes: int | None = 4 * 2**30


@dataclass(frozen=True)
class Progress:
    """How far a running job has come; `fraction` is between 0 and 1."""

    stage: str
    fraction: float


@dataclass
class _Job:
    id: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    progress_file: Path
    outcome: "Future[Any]" = field(default_factory=Future)
    task: Any = None
    attempts: int = 0
    too_large: bool = False

    @property
    def pid_file(self) -> Path:
        return self.progress_file.with_suffix(".pid")


class WorkerPool:
    """One spawned process, and `spares` more that are kept warm. Thread-safe.

    A job is a function that a worker can import: `function(report, *arguments)`, which calls
    `report(stage, fraction)`. Its arguments and its result are pickled. A spare takes over at once
    when a job is cancelled, which kills its process. A job is also stopped past its limits.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        warm_up: Callable[[], None] | None = None,
        spares: int = 1,
    ) -> None:
        # how long a worker may take to end after SIGTERM before it is killed
        pebble.CONSTS.term_timeout = TERM_SECONDS
        self.limits = limits or Limits()
        self._warm_up = warm_up
        self._processes = 1 + spares
        self._directory = tempfile.TemporaryDirectory(prefix="belvedere-jobs-")
        self._lock = threading.RLock()
        self._pool: Any = None
        self._jobs: dict[str, _Job] = {}
        self._closed = threading.Event()

    def start(self) -> None:
        """Start and warm the processes now; without it the first job starts them."""
        with self._lock:
            if self._pool is not None:
                return
            self._pool = self._new_pool()
        if self.limits.memory_bytes is not None:
            threading.Thread(target=self._watch_memory, name="memory", daemon=True).start()

    def submit(self, function: Callable[..., Any], *arguments: Any, job_id: str) -> "Future[Any]":
        """Start a job and return its future, which raises a JobError or the job's own error.

        Raises PoolClosed.
        """
        with self._lock:
            if self._closed.is_set():
                raise PoolClosed
            self.start()
            job = _Job(job_id, function, arguments, Path(self._directory.name) / job_id)
            job.outcome.set_running_or_notify_cancel()
            self._jobs[job_id] = job
            self._run(job)
            return job.outcome

    def progress(self, job_id: str) -> Progress | None:
        """Return how far a job has come, or None for one that does not run here."""
        job = self._jobs.get(job_id)
        if job is None:
            return None
        try:
            fraction, _, stage = job.progress_file.read_text("utf-8").partition(" ")
        except OSError:
            return Progress("starting", 0.0)
        return Progress(stage, float(fraction))

    def cancel(self, job_id: str) -> bool:
        """Kill the process of a job. Return False when there is no such job."""
        with self._lock:
            job = self._jobs.get(job_id)
            return job is not None and bool(job.task.cancel())

    def close(self) -> None:
        """Cancel the jobs and end the processes."""
        with self._lock:
            self._closed.set()
            jobs, pool = list(self._jobs.values()), self._pool
        for job in jobs:
            job.task.cancel()
        if pool is not None:
            pool.stop()
            pool.join(timeout=10)
        self._directory.cleanup()

    def _new_pool(self) -> Any:
        pool = pebble.ProcessPool(
            max_workers=self._processes,
            context=CONTEXT,
            initializer=prepare,
            initargs=[os.getpid(), self._warm_up],
        )
        # pebble starts its processes with the first task
        pool.schedule(_nothing)
        return pool

    def _run(self, job: _Job) -> None:
        job.attempts += 1
        try:
            job.task = self._schedule(job)
        except RuntimeError:
            # an idle worker that dies ends pebble's pool: start another
            log.warning("the worker pool had ended and is started again")
            threading.Thread(target=_end, args=(self._pool,), daemon=True).start()
            self._pool = self._new_pool()
            job.task = self._schedule(job)
        job.task.add_done_callback(lambda task: self._finish(job, task))

    def _schedule(self, job: _Job) -> Any:
        arguments = [job.function, job.id, str(job.progress_file), *job.arguments]
        return self._pool.schedule(run_job, args=arguments, timeout=self.limits.seconds)

    def _finish(self, job: _Job, task: Any) -> None:
        with self._lock:
            if _never_started(task) and job.attempts == 1 and not self._closed.is_set():
                self._run(job)
                return
            self._jobs.pop(job.id, None)
        job.progress_file.unlink(missing_ok=True)
        job.pid_file.unlink(missing_ok=True)
        try:
            job.outcome.set_result(task.result())
        except CancelledError:
            job.outcome.set_exception(self._stop_error(job))
        except FutureTimeoutError:
            job.outcome.set_exception(JobTimedOut(self.limits.seconds))
        except (pebble.ProcessExpired, BrokenProcessPool):
            job.outcome.set_exception(WorkerDied())
        except Exception as error:  # noqa: BLE001 - the job's own error goes to its future
            job.outcome.set_exception(error)

    def _stop_error(self, job: _Job) -> JobError:
        if job.too_large and self.limits.memory_bytes is not None:
            return JobTooLarge(self.limits.memory_bytes)
        return JobCancelled()

    def _watch_memory(self) -> None:
        limit = self.limits.memory_bytes
        assert limit is not None
        while not self._closed.wait(MEMORY_CHECK_SECONDS):
            for job in list(self._jobs.values()):
                try:
                    pid = int(job.pid_file.read_text("ascii"))
                except (OSError, ValueError):
                    continue
                if resident_bytes(pid) > limit:
                    job.too_large = True
                    log.warning("job %s holds more than %d bytes: stopped", job.id, limit)
                    job.task.cancel()


def _never_started(task: Any) -> bool:
    return not task.cancelled() and isinstance(task.exception(), BrokenProcessPool)


def _end(pool: Any) -> None:
    pool.stop()
    pool.join()


def _nothing() -> None:
    pass
