"""What goes on beside the requests: how late truth is, and dropping what is older than its rule."""

import asyncio
import logging
import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from evaluation.jobs.leases import Leases
from evaluation.store.store import EvaluationStore, epoch
from model_service.evaluations.service import drop_stray_bodies
from model_service.evaluations.uploads import Uploads
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.predictions import log_reader
from model_service.settings import Settings

log = logging.getLogger(__name__)

FACTS_SECONDS = 5.0
RETENTION_SECONDS = 3600.0
DAY = 86_400.0


class Housekeeping:
    """The truth gauges by every replica, the retention by the one that has the lease."""

    def __init__(
        self,
        model: MonitoredModel,
        settings: Settings,
        engine: sa.Engine,
        store: EvaluationStore,
        leases: Leases,
        metrics: ServiceMetrics,
    ) -> None:
        self._model, self._settings, self._engine = model, settings, engine
        self._store, self._leases, self._metrics = store, leases, metrics
        self._task: asyncio.Task[None] | None = None
        self._kept_at = -RETENTION_SECONDS

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
                await asyncio.to_thread(self._tell_truth_facts)
                if time.monotonic() - self._kept_at >= RETENTION_SECONDS:
                    await asyncio.to_thread(self._retain)
                    self._kept_at = time.monotonic()
            except (SQLAlchemyError, OSError) as error:
                log.warning("housekeeping waits: %s", error)
            except Exception:
                # the outermost edge of this task: one bad turn must not end the retention
                log.exception("a turn of the housekeeping failed")
            # a log of many millions shall not be counted all the time
            await asyncio.sleep(max(FACTS_SECONDS, 50 * (time.monotonic() - started)))

    def _tell_truth_facts(self) -> None:
        facts = log_reader.truth_facts(self._engine, self._model)
        self._metrics.tell_truth(facts.waiting, facts.lag_seconds)

    def _retain(self) -> None:
        if self._leases.hold(f"retention {self._model.name}"):
            retain(self._settings, self._engine, self._model, self._store)


def retain(
    settings: Settings, engine: sa.Engine, model: MonitoredModel, store: EvaluationStore
) -> dict[str, int]:
    """Drop what is past its rule; how many of each. Raises SQLAlchemyError and OSError."""
    now, dropped = epoch(), {}
    if settings.keep_log_days is not None:
        before = now - DAY * settings.keep_log_days
        dropped["log rows"] = log_reader.drop_older(engine, model, before)
    if settings.keep_evaluations_days is not None:
        before = now - DAY * settings.keep_evaluations_days
        dropped["evaluations"] = store.drop_older(model.name, before)
    if settings.keep_reports_days is not None:
        before = now - DAY * settings.keep_reports_days
        dropped["report files"] = _unlink(list(store.files.older_than(before)))
    uploads = Uploads(settings.data_dir / "uploads" / model.name)
    seconds = DAY * settings.keep_uploads_days
    dropped["uploads"] = uploads.drop_older(now - seconds)
    incoming = settings.data_dir / "incoming" / model.name
    dropped["posted bodies"] = drop_stray_bodies(incoming, seconds)
    if any(dropped.values()):
        log.info("dropped by the retention rules: %s", dropped)
    return dropped


def _unlink(paths: list[Path]) -> int:
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)
