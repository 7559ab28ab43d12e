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
from model_service.predictions.log_writer import Checkpoints, WriteFailed, Writer, WrongValue
from model_service.predictions.tables import log_layout, log_table

log = logging.getLogger(__name__)

MAX_WAITING = 10_000
MAX_AT_ONCE = 1_000


@dataclass(slots=True)
class _Write:
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[bool]"
    row: dict[str, Any] | None = None
    truth: tuple[str, float] | None = None


class PredictionLog:
    """Writes predictions and truths in a thread: all that wait are committed in one transaction."""

    def __init__(self, model: LoggedModel, engine: sa.Engine, metrics: ServingMetrics) -> None:
        self._model = model
        self._engine = engine
        self._metrics = metrics
        self.table = log_table(model)
        upgrade(engine, log_layout(model))
        self._writer = Writer(engine, self.table)
        self._checkpoints = Checkpoints(engine)
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="prediction-log", daemon=True)
        self._thread.start()
        self._closed = False

    async def append(self, prediction_id: str, values: tuple[Any, ...], prediction: float) -> None:
        """Commit a prediction; `values` are in the order of the model's inputs.

        Raises LogUnavailable if it is not committed, BadRequest if the log can't store a value.
        """
        row = dict(zip([item.name for item in self._model.inputs], values, strict=True))
        row["prediction_id"] = prediction_id
        row["model_version"] = self._model.version
        row["received_at"] = time.time()
        row["event_at"] = self._model.event_time(row)
        row["prediction"] = prediction
        row["truth"] = row["truth_at"] = None
        await self._submit(row=row)

    async def record_truth(self, prediction_id: str, truth: float) -> bool:
        """Add the truth to its prediction. Returns False if there is no such prediction."""
        return await self._submit(truth=(prediction_id, truth))

    async def _submit(
        self, row: dict[str, Any] | None = None, truth: tuple[str, float] | None = None
    ) -> bool:
        if self._closed or self._queue.qsize() >= MAX_WAITING:
            raise LogUnavailable(
                "The prediction log can't keep up, so the request was not answered. Retry shortly."
            )
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bool] = loop.create_future()
        self._queue.put(_Write(loop, done, row, truth))
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
        rows = [write.row for write in writes if write.row is not None]
        truths = [write.truth for write in writes if write.truth is not None]
        try:
            matches = iter(self._writer.write(rows, truths))
            results = [write.truth is None or next(matches) for write in writes]
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
        self._metrics.log_rows.inc(len(rows))
        _resolve_all(writes, results)

    def page(self, limit: int, last_id: int = 0) -> list[dict[str, Any]]:
        """Return the rows after the id `last_id`, oldest first, at most `limit`."""
        query = (
            self.table.select()
            .where(self.table.c.id > last_id)
            .order_by(self.table.c.id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [_readable(dict(row)) for row in connection.execute(query).mappings()]

    def get(self, prediction_id: str) -> dict[str, Any] | None:
        """Return the row of a prediction, or None."""
        query = self.table.select().where(self.table.c.prediction_id == prediction_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _readable(dict(row))

    def is_reachable(self) -> bool:
        """Return whether the database answers and the writer runs."""
        try:
            with self._engine.connect() as connection:
                connection.execute(sa.select(sa.literal(1)))
        except SQLAlchemyError:
            return False
        return self._thread.is_alive()


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    for name, value in row.items():
        if isinstance(value, datetime.date):
            row[name] = value.isoformat()
    return row


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
