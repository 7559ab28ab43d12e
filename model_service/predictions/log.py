"""The prediction log: each prediction is committed before it is answered."""

import asyncio
import datetime
import logging
import queue
import threading
import time
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from evaluation.store.migrations import upgrade
from model_service.errors import BadRequest, LogUnavailable, ServiceError
from model_service.metrics.serving import ServingMetrics
from model_service.models.base import LoggedModel
from model_service.predictions.checkpoints import Checkpoints
from model_service.predictions.feedback_table import companion_of
from model_service.predictions.log_writer import (
    Insert,
    Row,
    Update,
    WriteFailed,
    Writer,
    WrongValue,
)
from model_service.predictions.tables import log_layouts, log_table

log = logging.getLogger(__name__)

MAX_WAITING = 10_000
MAX_AT_ONCE = 1_000


@dataclass(slots=True)
class _Write:
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[bool]"
    insert: Insert | None = None
    update: Update | None = None


class PredictionLog:
    """Writes predictions and truths in a thread: all that wait are committed in one transaction.

    A model may have a companion table (see Companion), which is written in the same transaction.
    """

    def __init__(self, model: LoggedModel, engine: sa.Engine, metrics: ServingMetrics) -> None:
        self._model = model
        self.engine = engine
        self._metrics = metrics
        self.table = log_table(model)
        self.companion = companion_of(model)
        for layout in log_layouts(model):
            upgrade(engine, layout)
        self._writer = Writer(engine, self.table, self.companion)
        self._checkpoints = Checkpoints(engine)
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="prediction-log", daemon=True)
        self._thread.start()
        self._closed = False

    async def append(
        self,
        prediction_id: str,
        values: tuple[Any, ...],
        prediction: float,
        companion: Row | None = None,
    ) -> None:
        """Commit a prediction; `values` are in the order of the model's inputs.

        `companion` has the further columns of its row in the companion table. Raises
        LogUnavailable if it is not committed, BadRequest if the log can't store a value.
        """
        now = time.time()
        row = dict(zip([item.name for item in self._model.inputs], values, strict=True))
        row["prediction_id"] = prediction_id
        row["model_version"] = self._model.version
        row["received_at"] = now
        row["event_at"] = self._model.event_time(row)
        row["prediction"] = prediction
        row["truth"] = row["truth_at"] = None
        if companion is not None:
            companion = companion | {
                "prediction_id": prediction_id,
                "model_version": self._model.version,
                "created_at": datetime.datetime.fromtimestamp(now, datetime.UTC),
            }
        await self._submit(insert=Insert(row, companion))

    async def record_truth(
        self, prediction_id: str, truth: float | None, companion: Row | None = None
    ) -> bool:
        """Set the truth of a prediction (None removes it), and columns of its companion row.

        Returns False if there is no such prediction.
        """
        return await self._submit(update=Update(prediction_id, truth, companion))

    async def _submit(self, insert: Insert | None = None, update: Update | None = None) -> bool:
        if self._closed or self._queue.qsize() >= MAX_WAITING:
            raise LogUnavailable(
                "The prediction log can't keep up, so the request was not answered. Retry shortly."
            )
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bool] = loop.create_future()
        self._queue.put(_Write(loop, done, insert, update))
        return await done

    def close(self) -> None:
        """Commit the rows that wait, then stop the writer."""
        self._closed = True
        self._queue.put(None)
        self._thread.join(timeout=30)
        self._writer.close()
        self._checkpoints.close()

    def _write(self) -> None:
        is_open = True
        while is_open:
            batch = [self._queue.get()]
            while len(batch) < MAX_AT_ONCE and not self._queue.empty():
                batch.append(self._queue.get())
            is_open = None not in batch
            writes = [write for write in batch if write is not None]
            try:
                if writes:
                    self._commit(writes)
            except Exception:
                # the outermost edge of this thread: without it every later prediction would wait
                log.exception("the prediction log failed to write a batch")
                text = "The prediction log failed unexpectedly, so the request was not answered."
                _resolve_all(writes, [LogUnavailable(text)] * len(writes))

    def _commit(self, writes: list[_Write]) -> None:
        inserts = [write.insert for write in writes if write.insert is not None]
        updates = [write.update for write in writes if write.update is not None]
        try:
            matches = iter(self._writer.write(inserts, updates))
            results = [write.update is None or next(matches) for write in writes]
        except WrongValue as error:
            if len(writes) > 1:
                # one row is wrong: write each alone, so that the others are committed
                for write in writes:
                    self._commit([write])
                return
            self._metrics.log_write_failures.inc()
            text = f"The log can't store a value of this request ({error}), so it was not answered."
            _resolve_all(writes, [BadRequest(text)])
            return
        except WriteFailed as error:
            reason = str(error)
            log.error("the prediction log rejected a batch of %d rows: %s", len(writes), reason)
            self._metrics.log_write_failures.inc(len(writes))
            text = (
                f"The prediction could not be committed to the log ({reason}), so it was not "
                "answered. Free space or repair the database, then retry."
            )
            _resolve_all(writes, [LogUnavailable(text)] * len(writes))
            return
        self._metrics.log_rows.inc(len(inserts))
        _resolve_all(writes, results)

    def is_reachable(self) -> bool:
        """Return whether the database answers and the writer runs."""
        try:
            with self.engine.connect() as connection:
                connection.execute(sa.select(sa.literal(1)))
        except SQLAlchemyError:
            return False
        return self._thread.is_alive()


def _resolve_all(writes: list[_Write], outcomes: "list[Any]") -> None:
    """Resolve the futures of a batch with one wake-up of each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[bool], Any]]] = {}
    for write, outcome in zip(writes, outcomes, strict=True):
        by_loop.setdefault(write.loop, []).append((write.done, outcome))
    for loop, pairs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, pairs)
        except RuntimeError:
            log.debug("the event loop stopped before its writes were answered")


def _resolve(pairs: "list[tuple[asyncio.Future[bool], Any]]") -> None:
    for done, outcome in pairs:
        if done.done():
            continue
        if isinstance(outcome, ServiceError):
            done.set_exception(outcome)
        else:
            done.set_result(outcome)
