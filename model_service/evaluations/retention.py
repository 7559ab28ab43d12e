"""Deletes what is older than its retention time, and measures how late ground truth arrives."""

import asyncio
import logging
import math
import time

from sqlalchemy.exc import SQLAlchemyError

from evaluation.jobs.queue import JobQueue
from evaluation.store.records import epoch
from evaluation.store.retention import drop_older
from evaluation.store.store import EvaluationStore
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.predictions import log_retention
from model_service.predictions.log_reader import LogReader
from model_service.settings import Settings

log = logging.getLogger(__name__)

FACTS_SECONDS = 5.0
RETENTION_SECONDS = 3600.0
DAY = 86_400.0


class Retention:
    """Runs beside the requests: the deletion on the one replica that has the lease."""

    def __init__(
        self, model: MonitoredModel, settings: Settings, queue: JobQueue, metrics: ServiceMetrics
    ) -> None:
        self._model, self._settings, self._metrics = model, settings, metrics
        self._store, self._leases = queue.store, queue.leases
        self._log = LogReader(self._store.engine, model)
        self._task: asyncio.Task[None] | None = None
        self._retained_at = -RETENTION_SECONDS

    def start(self) -> None:
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            started = time.monotonic()
            try:
                await asyncio.to_thread(self._measure_truth)
                if time.monotonic() - self._retained_at >= RETENTION_SECONDS:
                    await asyncio.to_thread(self._retain)
                    self._retained_at = time.monotonic()
            except (SQLAlchemyError, OSError) as error:
                log.warning("the retention waits: %s", error)
            except Exception:
                # the outermost edge of this task: one bad turn must not end the retention
                log.exception("a turn of the retention failed")
            # do not count a log of many millions all the time
            await asyncio.sleep(max(FACTS_SECONDS, 50 * (time.monotonic() - started)))

    def _measure_truth(self) -> None:
        facts = self._log.truth_facts()
        self._metrics.tell_truth(facts.waiting, facts.lag_seconds)

    def _retain(self) -> None:
        if self._leases.hold(f"retention {self._model.name}"):
            retain(self._settings, self._model, self._store)


def retain(settings: Settings, model: MonitoredModel, store: EvaluationStore) -> dict[str, int]:
    """Delete what is past its retention time; return the number of each kind.

    Raises SQLAlchemyError and OSError.
    """
    now, counts = epoch(), {}
    if settings.keep_log_days is not None:
        moment = now - DAY * settings.keep_log_days
        counts["log rows"] = log_retention.drop_older(store.engine, model, moment)
    if settings.keep_evaluations_days is not None:
        moment = now - DAY * settings.keep_evaluations_days
        counts["evaluations"] = store.drop_older(model.name, moment)
    if settings.keep_reports_days is not None:
        moment = now - DAY * settings.keep_reports_days
        counts["report files"] = drop_older(store.files.all(), moment)
    moment = now - DAY * min(settings.keep_images_days, settings.keep_log_days or math.inf)
    counts["thumbnails"] = drop_older(settings.thumbnails(model.name).glob("*"), moment)
    moment = now - DAY * settings.keep_uploads_days
    counts["uploads"] = drop_older(settings.uploads(model.name).glob("*"), moment)
    counts["posted bodies"] = drop_older(settings.incoming(model.name).glob("*"), moment)
    if any(counts.values()):
        log.info("deleted by the retention rules: %s", counts)
    return counts
