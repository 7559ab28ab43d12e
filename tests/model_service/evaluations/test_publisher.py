"""The gauges follow the store, whatever stands in it."""

import math
from pathlib import Path

import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from evaluation.jobs.leases import Leases
from evaluation.jobs.queue import JobQueue
from evaluation.store.store import EvaluationStore
from evaluation.store.tables import evaluations
from model_service.evaluations.publisher import Publisher
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.bike_sharing import load
from tests.evaluation.evaluations import add, finish


def test_a_damaged_document_clears_the_gauges_and_the_next_one_sets_them(
    trained: Path, tmp_path: Path
) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'store.db'}")
    store = EvaluationStore(engine, tmp_path / "reports")
    model = load(trained)
    queue = JobQueue(store, Leases(engine, "here|1|a", 60))
    metrics = ServiceMetrics(CollectorRegistry(), model)
    published = Publisher(model.name, store, metrics)

    def share() -> float:
        found = metrics.registry.get_sample_value("model_drift_share")
        assert found is not None
        return found

    add(queue, "a", model=model.name)
    finish(queue, "a", model=model.name, drift_share=0.25)
    published.refresh()
    assert share() == 0.25
    add(queue, "b", model=model.name)
    finish(queue, "b", model=model.name, drift_share=0.5)
    with engine.begin() as connection:
        connection.execute(
            evaluations.update().where(evaluations.c.id == "b").values(document='{"name": 1')
        )
    published.refresh()
    assert math.isnan(share())
    add(queue, "c", model=model.name)
    finish(queue, "c", model=model.name, drift_share=0.75)
    published.refresh()
    assert share() == 0.75
    engine.dispose()
