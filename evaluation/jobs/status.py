"""Where an evaluation stands: its state, its progress, and the time that is left."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from evaluation.jobs.process_pool import Progress
from evaluation.jobs.queue import JobQueue
from evaluation.store.records import Stored, epoch

FIRST_GUESS_SECONDS = 5.0
REFRESH_SECONDS = 5.0
# only a finished evaluation has a progress of 1
MAX_PROGRESS = 0.99


@dataclass(frozen=True)
class JobStatus:
    """`progress` is between 0 and 1; `ahead` counts the jobs before this one in the queue.

    `remaining_seconds` is None for a finished evaluation.
    """

    state: str
    stage: str
    progress: float
    ahead: int = 0
    remaining_seconds: float | None = None


def stored_status(stored: Stored) -> JobStatus:
    """Return the status as it is stored, without a look at the queue."""
    if stored.done:
        stage = "done" if stored.state == "succeeded" else (stored.stage or stored.state)
        return JobStatus(stored.state, stage, 1.0)
    return JobStatus(stored.state, stored.stage or stored.state, stored.progress or 0.0)


class StatusReader:
    """Reads statuses with the remaining time, from how long evaluations took lately.

    `progress` gives the progress of an evaluation that runs in this process. Raises
    SQLAlchemyError.
    """

    def __init__(self, queue: JobQueue, progress: Callable[[str], Progress | None]) -> None:
        self._queue, self._progress = queue, progress
        self._usual: dict[str, tuple[float, float]] = {}

    def read(self, stored: Stored) -> JobStatus:
        """Return the status of an evaluation."""
        if stored.done:
            return stored_status(stored)
        usual = self.usual_seconds(stored.model)
        if stored.state == "queued":
            ahead = self._queue.ahead(stored)
            return JobStatus("queued", "queued", 0.0, ahead, (ahead + 1) * usual)
        stage, fraction = stored.stage or "starting", stored.progress or 0.0
        if progress := self._progress(stored.id):
            stage, fraction = progress.stage, progress.fraction
        elapsed = max(0.0, epoch() - (stored.started_at or epoch()))
        remaining = remaining_seconds(elapsed, fraction, usual)
        return JobStatus("running", stage, min(fraction, MAX_PROGRESS), 0, remaining)

    def usual_seconds(self, model: str) -> float:
        """Return the usual run time of a model's evaluations; read at most every few seconds."""
        seconds, read_at = self._usual.get(model, (FIRST_GUESS_SECONDS, -REFRESH_SECONDS))
        if time.monotonic() - read_at > REFRESH_SECONDS:
            seconds = self._queue.store.usual_seconds(model) or FIRST_GUESS_SECONDS
            self._usual[model] = (seconds, time.monotonic())
        return seconds


def remaining_seconds(elapsed: float, fraction: float, usual: float) -> float:
    """Estimate the seconds left, by its own pace as far as it has come, else by the usual time."""
    own = elapsed * (1 - fraction) / fraction if fraction > 0 else 0.0
    expected = max(usual - elapsed, 0.0)
    return round(fraction * own + (1 - fraction) * expected, 1)
