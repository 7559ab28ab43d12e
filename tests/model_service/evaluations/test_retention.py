"""The retention goes on after an error."""

import asyncio
import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from evaluation.jobs.leases import Leases
from evaluation.jobs.queue import JobQueue
from evaluation.store.store import EvaluationStore
from model_service.evaluations import retention
from model_service.evaluations.retention import Retention
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.bike_sharing import load
from model_service.predictions.log_reader import LogReader, TruthFacts
from model_service.predictions.tables import engine_for
from model_service.settings import Settings


def test_the_retention_retries_and_continues_after_any_error(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/log.db", "process")
    model, settings = load(trained), Settings(data_dir=tmp_path)
    store = EvaluationStore(engine, tmp_path / "reports")
    metrics = ServiceMetrics(CollectorRegistry(), model)
    leases = Leases(engine, "here|1|a", 60)
    work = Retention(model, settings, JobQueue(store, leases), metrics)
    monkeypatch.setattr(retention, "FACTS_SECONDS", 0.01)
    monkeypatch.setattr(LogReader, "truth_facts", lambda _: TruthFacts(7, None))
    turns: list[str] = []

    def retained(*_given: object) -> None:
        turns.append("turn")
        if len(turns) < 3:
            raise (OSError(5, "Input/output error"), ValueError("of its own"))[len(turns) - 1]

    monkeypatch.setattr(retention, "retain", retained)

    async def run() -> None:
        work.start()
        until = time.monotonic() + 300
        while len(turns) < 3 and time.monotonic() < until:
            await asyncio.sleep(0.01)
        await work.stop()

    asyncio.run(run())
    assert len(turns) == 3
    assert metrics.registry.get_sample_value("model_predictions_without_truth") == 7
    engine.dispose()
