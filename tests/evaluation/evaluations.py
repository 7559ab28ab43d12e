"""Evaluations for the tests of the store and the queue."""

from typing import Any

from evaluation import Evaluation
from evaluation.jobs.queue import JobQueue
from evaluation.result import Rows
from evaluation.store.records import Outcome, Stored, epoch


def made(**fields: Any) -> Evaluation:
    start: dict[str, Any] = {
        "name": "week",
        "task": "regression",
        "created_at": "2026-01-01T00:00:00Z",
        "duration_seconds": 0.1,
        "rows": Rows(reference=688, current=165),
        "verdict": "no drift",
        "rule": "a rule",
        "decision": "NO_ACTION",
        "decision_reason": "",
        "drift_share": 0.1,
        "drifted_features": [],
        "features": [],
        "published": True,
    }
    return Evaluation(**(start | fields))


def new(evaluation_id: str, **fields: Any) -> Stored:
    start: dict[str, Any] = {
        "id": evaluation_id,
        "model": "bike",
        "model_version": "1",
        "name": "week",
        "source": "posted rows",
        "state": "queued",
        "publish": True,
        "synthetic": False,
        "created_at": epoch(),
        "request": '{"source":"window"}',
    }
    return Stored(**(start | fields))


def add(queue: JobQueue, evaluation_id: str, **fields: Any) -> None:
    queue.add(new(evaluation_id, **fields), 1000, 1)


def finish(
    queue: JobQueue, evaluation_id: str, expires_at: float | None = None, **fields: Any
) -> bool:
    """Claim a queued evaluation and give it a result."""
    stored = queue.claim(str(fields.pop("model", "bike")), only=evaluation_id)
    assert stored is not None
    done = made(evaluation_id=evaluation_id, **fields)
    return queue.finish(evaluation_id, Outcome(done, expires_at), lambda: None)


def fail(queue: JobQueue, evaluation_id: str) -> bool:
    assert queue.claim("bike", only=evaluation_id) is not None
    return queue.fail(evaluation_id, {"message": "no rows"})
