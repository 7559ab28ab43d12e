"""Takes evaluations from the queue, runs them one at a time in a worker, stores the results."""

import logging
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from evaluation.jobs.finish import Finisher
from evaluation.jobs.host import Host
from evaluation.jobs.job import JobResult, run
from evaluation.jobs.process_pool import Progress, WorkerPool
from evaluation.jobs.queue import JobQueue
from evaluation.jobs.recovery import Recovery
from evaluation.store.records import Stored

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
STOP_SECONDS = 20.0


@dataclass(frozen=True)
class _Running:
    stored: Stored
    future: "Future[JobResult]"


class Dispatcher:
    """One thread and its worker processes; it goes on when the database comes back.

    Queued evaluations survive a stop of the process.
    """

    def __init__(self, queue: JobQueue, pool: WorkerPool, host: Host) -> None:
        self._queue, self._pool, self._host = queue, pool, host
        self._leases = queue.leases
        self._recovery = Recovery(queue)
        self._running: _Running | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._finisher = Finisher(queue, host, self._stopping)
        self._recovered_at = 0.0
        self._stopped = threading.Event()
        self._database_away = False
        self._thread = threading.Thread(target=self._work, name="evaluations", daemon=True)
        self._lease_thread = threading.Thread(target=self._renew_lease, name="lease", daemon=True)

    def start(self) -> None:
        """Recover what the last process left behind, then work on the queue.

        Raises SQLAlchemyError when the database does not answer.
        """
        self._leases.join()
        for model in self._host.models():
            if self._host.resumes:
                self._recovery.take_over(model)
            elif interrupted := self._recovery.after_start(model):
                log.warning("%d evaluations were interrupted by the last stop", interrupted)
        self._recovery.drop_stray_drafts()
        self._host.refresh()
        self._thread.start()
        self._lease_thread.start()

    def wake(self) -> None:
        """Look at the queue now: a job was added."""
        self._wake.set()

    def is_running(self, evaluation_id: str) -> bool:
        running = self._running
        return running is not None and running.stored.id == evaluation_id

    def progress(self, evaluation_id: str) -> Progress | None:
        """Return how far an evaluation of this process has come; None for any other one."""
        return self._pool.progress(evaluation_id)

    def stop_worker(self, evaluation_id: str) -> None:
        """End the process of an evaluation that was cancelled."""
        self._pool.cancel(evaluation_id)

    def stop(self) -> None:
        """Stop the running evaluation and the thread; queued ones stay in the queue."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)
        self._pool.close()
        self._stopped.set()
        if self._lease_thread.is_alive():
            self._lease_thread.join(STOP_SECONDS)
        try:
            self._leases.leave()
        except SQLAlchemyError as error:
            log.warning("the leases could not be given back: %s", error)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._turn()
                if self._database_away:
                    log.warning("the database is back")
                self._database_away = False
            except SQLAlchemyError as error:
                if not self._database_away:
                    log.error("the database does not answer, evaluations wait: %s", error)
                self._database_away = True
            except Exception:
                # the outermost edge of this thread: one bad turn must not end the queue
                log.exception("a turn of the queue failed")
            self._wake.wait(TICK_SECONDS)
            self._wake.clear()
        self._pool.close()
        if self._running is not None:
            self._finish(self._running)

    def _turn(self) -> None:
        if self._running is not None:
            self._follow(self._running)
        self._recover()
        self._host.refresh()
        if self._running is None and not self._stopping.is_set():
            self._start_next()

    def _renew_lease(self) -> None:
        """Stay alive for other replicas, however long a turn takes."""
        while not self._stopped.wait(self._leases.seconds / 3):
            try:
                self._leases.join()
            except SQLAlchemyError as error:
                log.debug("the lease could not be renewed: %s", error)

    def _recover(self) -> None:
        if time.monotonic() - self._recovered_at < self._leases.seconds / 3:
            return
        self._leases.join()
        running = [] if self._running is None else [self._running.stored.id]
        for model in self._host.models():
            self._recovery.take_over(model)
            self._recovery.give_back(model, running)
        self._recovered_at = time.monotonic()

    def _start_next(self) -> None:
        for model in self._host.models():
            stored = self._queue.claim(model)
            if stored is None:
                continue
            try:
                job = self._host.job(stored)
                future = self._pool.submit(run, job, job_id=stored.id)
            except self._host.errors as error:
                self._finisher.fail(stored, error)
                self._wake.set()
            else:
                self._running = _Running(stored, future)
                future.add_done_callback(lambda _: self._wake.set())
            return

    def _follow(self, running: _Running) -> None:
        if running.future.done():
            self._finish(running)
            return
        evaluation_id = running.stored.id
        progress = self._pool.progress(evaluation_id)
        if progress is not None and not self._queue.note(
            evaluation_id, progress.stage, progress.fraction
        ):
            # cancelled by another process, or taken over after this one was taken for dead
            self._pool.cancel(evaluation_id)

    def _finish(self, running: _Running) -> None:
        finished = True
        try:
            finished = self._finisher.finish(running.stored, running.future)
        finally:
            # whatever happens here, the next one has its turn
            if finished:
                self._running = None
                self._wake.set()
