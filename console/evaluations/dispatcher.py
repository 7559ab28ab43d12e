"""Takes jobs from the console's queue, runs them one at a time in a process, keeps the results."""

import logging
import shutil
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from console.errors import ConsoleError
from console.evaluations import worker_job
from console.evaluations.request import Asked
from console.evaluations.row_sources import Places
from evaluation.errors import EvaluationError, JobCancelled
from evaluation.jobs.leases import Leases
from evaluation.jobs.process_pool import JobRunner
from evaluation.jobs.queue import JobQueue
from evaluation.result import Evaluation
from evaluation.store.store import EvaluationStore, Stored

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
KEEP_UPLOADS_SECONDS = 7 * 86_400.0
TIDY_SECONDS = 3600.0


@dataclass(frozen=True)
class Limits:
    """Of one evaluation; bytes are of the memory that its process holds."""

    seconds: float = 1800.0
    memory_bytes: int = 4 * 2**30


class Dispatcher:
    """One thread beside the pages, and one process that evaluates from the first job on.

    What waits when the console stops waits for the next one; what ran is queued again, once.
    """

    def __init__(
        self, store: EvaluationStore, queue: JobQueue, leases: Leases, places: Places,
        folder: Path, limits: Limits,
    ) -> None:  # fmt: skip
        self._store, self._queue, self._leases = store, queue, leases
        self._places, self._folder, self._limits = places, folder, limits
        self._runner: JobRunner | None = None
        self._running: tuple[Stored, Future[bytes]] | None = None
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._beat_at = self._tidied_at = -TIDY_SECONDS
        self._away = False
        self._thread = threading.Thread(target=self._work, name="evaluations", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something in the queue."""
        self._wake.set()

    def stop(self) -> None:
        """End thread and process; what ran is queued again by the next one."""
        self._ended.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(10)
        if self._runner is not None:
            self._runner.close()
        try:
            self._leases.leave()
        except SQLAlchemyError as error:
            log.warning("the leases could not be given back: %s", error)

    def _work(self) -> None:
        while not self._ended.is_set():
            try:
                self._turn()
                self._away = False
            except SQLAlchemyError as error:
                if not self._away:
                    log.error("the console's evaluations can't be read, they wait: %s", error)
                self._away = True
            except Exception:
                # the outermost edge of this thread: one bad turn must not end the queue
                log.exception("a turn of the queue failed")
            self._wake.wait(TICK_SECONDS)
            self._wake.clear()

    def _turn(self) -> None:
        if time.monotonic() - self._beat_at >= self._leases.seconds / 3:
            self._leases.join()
            running = [] if self._running is None else [self._running[0].id]
            for model in self._queue.models():
                self._queue.take_over(model)
                self._queue.give_back(model, running)
            self._beat_at = time.monotonic()
        if time.monotonic() - self._tidied_at >= TIDY_SECONDS:
            self._places.drop_older(KEEP_UPLOADS_SECONDS)
            if not self._queue.models():
                # what a process that was killed has left
                shutil.rmtree(self._folder / "spill", ignore_errors=True)
            self._queue.drop_stray_drafts()
            self._tidied_at = time.monotonic()
        if self._running is not None:
            self._follow(*self._running)
        if self._running is None:
            for model in self._queue.models():
                claimed = self._queue.claim(model)
                if claimed is not None:
                    self._begin(claimed)
                    return

    def _follow(self, stored: Stored, future: "Future[bytes]") -> None:
        if future.done():
            self._running = None
            self._keep(stored, future)
            return
        progress = self._started_runner().progress(stored.id)
        if progress.state == "running" and not self._queue.note(
            stored.id, progress.stage, progress.fraction
        ):
            # a page has cancelled it
            self._started_runner().cancel(stored.id)

    def _begin(self, stored: Stored) -> None:
        files = self._store.files
        try:
            asked = msgspec.json.decode(stored.request or "", type=Asked)
        except msgspec.MsgspecError as error:
            self._fail(stored, f"What was asked can't be read back from the store ({error}).")
            return
        work = worker_job.Job(
            evaluation_id=stored.id,
            model=stored.model,
            asked=asked,
            places=self._places,
            profiles=self._folder / "profiles",
            spill=self._folder / "spill",
            html_path=files.draft(stored.id, stored.attempts, "html"),
            json_path=files.draft(stored.id, stored.attempts, "json"),
            rows_path=files.draft(stored.id, stored.attempts, "parquet"),
        )
        future = self._started_runner().submit(worker_job.run, work, job_id=stored.id)
        future.add_done_callback(lambda _: self._wake.set())
        self._running = (stored, future)

    def _started_runner(self) -> JobRunner:
        """The process costs some hundred megabytes: it is there from the first job on."""
        if self._runner is None:
            self._runner = JobRunner(
                time_limit_seconds=self._limits.seconds,
                memory_limit_bytes=self._limits.memory_bytes,
                warm_up=worker_job.warm_up,
                spares=0,
            )
        return self._runner

    def _keep(self, stored: Stored, future: "Future[bytes]") -> None:
        try:
            evaluation = Evaluation.decode(future.result())
            kept = self._queue.finish(
                stored.id,
                evaluation,
                None,
                lambda: self._store.files.keep(stored.id, stored.attempts),
            )
            if not kept:
                # cancelled, or another console's by now
                self._store.files.drop_drafts(stored.id, stored.attempts)
        except JobCancelled:
            # the row says so already: it was cancelled there first
            self._store.files.drop_drafts(stored.id, stored.attempts)
        except (EvaluationError, ConsoleError) as error:
            self._fail(stored, str(error))
        except OSError as error:
            self._fail(stored, f"Its reports can't be written ({error}): free space, run it again.")
        except SQLAlchemyError as error:
            reason = getattr(error, "orig", None) or error
            self._fail(stored, f"Its result can't be kept ({reason}): free space, run it again.")
        except Exception as error:
            log.exception("evaluation %s ended in an unforeseen way", stored.id)
            self._fail(stored, f"It failed in an unforeseen way ({error}): report this text.")

    def _fail(self, stored: Stored, words: str) -> None:
        log.warning("evaluation %s failed: %s", stored.id, words)
        # the words first: drafts that can't be dropped must not keep the job running for ever
        self._queue.fail(stored.id, {"message": words})
        self._store.files.drop_drafts(stored.id, stored.attempts)
