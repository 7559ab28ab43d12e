"""Runs evaluations in warm worker processes: a queue, progress, cancel, a time limit."""

import logging
import os
import pickle
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pebble import CONSTS, ProcessExpired, ProcessPool

from evaluation.errors import (
    JobCancelled,
    JobError,
    JobFailed,
    JobTimedOut,
    JobTooLarge,
    QueueFull,
    RunnerClosed,
    WorkerDied,
)
from evaluation.jobs.worker_process import CONTEXT, prepare, resident_bytes

log = logging.getLogger(__name__)

State = Literal["queued", "running", "finished"]
Report = Callable[[str, float], None]

FIRST_GUESS_SECONDS = 5.0
PATIENCE_SECONDS = 0.3
MEMORY_CHECK_SECONDS = 0.1


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
    tries: int = 0
    too_large: bool = False

    @property
    def pid_file(self) -> Path:
        return self.progress_file.with_suffix(".pid")


class JobRunner:
    """One job at a time in a spawned process, with a second process kept warm as a spare.

    A job is a function of this signature, importable in the worker:
    `function(report, *arguments)`; it calls `report(stage, fraction)`. Its result and arguments
    are pickled. The spare takes over at once when a running job is cancelled, which kills its
    process. A job is stopped past its time limit, and when its process holds more than
    `memory_limit_bytes` in memory (None for no limit). Thread-safe.
    """

    def __init__(
        self,
        *,
        queue_limit: int = 20,
        time_limit_seconds: float = 600.0,
        memory_limit_bytes: int | None = None,
        warm_up: Callable[[], None] | None = None,
        spares: int = 1,
    ) -> None:
        # how long a stopped worker may take to end before it is killed
        CONSTS.term_timeout = PATIENCE_SECONDS
        self.queue_limit = queue_limit
        self.time_limit_seconds = time_limit_seconds
        self._memory_limit = memory_limit_bytes
        self._directory = tempfile.TemporaryDirectory(prefix="belvedere-jobs-")
        self._processes = 1 + spares
        self._warm_up = warm_up
        self._pool = self._new_pool()
        self._lock = threading.RLock()
        self._waiting: deque[_Job] = deque()
        self._running: _Job | None = None
        self._closed = False
        self._usual_seconds = FIRST_GUESS_SECONDS
        self._ended = threading.Event()
        if memory_limit_bytes is not None:
            watch = threading.Thread(
                target=self._watch_memory, args=(memory_limit_bytes,), name="memory", daemon=True
            )
            watch.start()

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
                    _refuse(job)
                    return True
            if self._running is not None and self._running.id == job_id:
                return bool(self._running.inner.cancel())
        return False

    def close(self) -> None:
        """End the processes; what waits or runs is cancelled."""
        self._ended.set()
        with self._lock:
            self._closed = True
            waiting = list(self._waiting)
            self._waiting.clear()
            running = self._running
        for job in waiting:
            _refuse(job)
        if running is not None:
            running.inner.cancel()
        self._pool.stop()
        self._pool.join(timeout=10)
        self._directory.cleanup()

    def _watch_memory(self, limit_bytes: int) -> None:
        while not self._ended.wait(MEMORY_CHECK_SECONDS):
            job = self._running
            if job is None or job.inner is None:
                continue
            try:
                pid = int(job.pid_file.read_text("ascii"))
            except (OSError, ValueError):
                continue
            if resident_bytes(pid) > limit_bytes:
                job.too_large = True
                log.warning("job %s holds more than %d bytes: stopped", job.id, limit_bytes)
                job.inner.cancel()

    def _new_pool(self) -> Any:
        pool = ProcessPool(
            max_workers=self._processes,
            context=CONTEXT,
            initializer=prepare,
            initargs=[os.getpid(), self._warm_up],
        )
        # pebble starts its processes with the first task
        pool.schedule(_nothing)
        return pool

    def _start_next(self) -> None:
        while self._running is None and self._waiting:
            job = self._waiting.popleft()
            if job.tries == 0 and not job.outcome.set_running_or_notify_cancel():
                continue
            job.tries += 1
            self._running = job
            job.started = time.monotonic()
            try:
                job.inner = self._schedule(job)
            except RuntimeError:
                # an idle worker that dies ends pebble's pool: start another
                log.warning("the worker pool had ended and is started again")
                threading.Thread(target=_end, args=(self._pool,), daemon=True).start()
                self._pool = self._new_pool()
                job.inner = self._schedule(job)
            job.inner.add_done_callback(lambda inner, job=job: self._finished(job, inner))

    def _schedule(self, job: _Job) -> Any:
        arguments = [job.function, job.id, str(job.progress_file), *job.arguments]
        return self._pool.schedule(_call, args=arguments, timeout=self.time_limit_seconds)

    def _finished(self, job: _Job, inner: Any) -> None:
        with self._lock:
            self._running = None
            if _never_started(inner) and job.tries == 1 and not self._closed:
                self._waiting.appendleft(job)
                self._start_next()
                return
            took = time.monotonic() - job.started
            self._usual_seconds = 0.7 * self._usual_seconds + 0.3 * took
            if not self._closed:
                self._start_next()
        job.progress_file.unlink(missing_ok=True)
        job.pid_file.unlink(missing_ok=True)
        try:
            job.outcome.set_result(inner.result())
        except CancelledError:
            job.outcome.set_exception(self._why_stopped(job))
        except FutureTimeoutError:
            job.outcome.set_exception(JobTimedOut(self.time_limit_seconds))
        except (ProcessExpired, BrokenProcessPool):
            job.outcome.set_exception(WorkerDied())
        except Exception as error:  # noqa: BLE001 - the job's own error goes to who asked for it
            job.outcome.set_exception(error)

    def _why_stopped(self, job: _Job) -> JobError:
        if job.too_large and self._memory_limit is not None:
            return JobTooLarge(self._memory_limit)
        return JobCancelled()


def _never_started(inner: Any) -> bool:
    return not inner.cancelled() and isinstance(inner.exception(), BrokenProcessPool)


def _refuse(job: _Job) -> None:
    """End a job that has not run; one that its owner cancelled already needs no word."""
    if job.tries or job.outcome.set_running_or_notify_cancel():
        job.outcome.set_exception(JobCancelled())


def _end(pool: Any) -> None:
    pool.stop()
    pool.join()


def _nothing() -> None:
    pass


def _call(function: Callable[..., Any], job_id: str, progress_file: str, *arguments: Any) -> Any:
    """In the worker: run the job with a reporter that writes its progress to a file."""
    part = f"{progress_file}.part"
    Path(progress_file).with_suffix(".pid").write_text(str(os.getpid()), "ascii")

    def report(stage: str, fraction: float) -> None:
        Path(part).write_text(f"{fraction:.3f} {stage}", "utf-8")
        os.replace(part, progress_file)

    try:
        return function(report, *arguments)
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # noqa: BLE001 - whatever pickling raises, the job must end with a word
            raise JobFailed(job_id, f"{type(error).__name__}: {error}") from None
        raise
