"""The latest result of a model that the console evaluates."""

from collections.abc import Iterable
from dataclasses import dataclass

from console.adapters.model_service import EvaluationStatus
from console.evaluations.scores import SCORES
from evaluation.result import Evaluation


@dataclass(frozen=True)
class LatestEvaluation:
    """When it was made (epoch seconds), on how many rows, its verdict, and its first score with
    its title."""

    at: float
    rows: int
    verdict: str
    score: tuple[str, float] | None = None


def latest(results: Iterable[tuple[EvaluationStatus, Evaluation]]) -> LatestEvaluation | None:
    """Summarise the first of the results, which are ordered newest first; None without any."""
    for status, result in results:
        scores = (
            (label, getattr(result.quality, name))
            for label, name, _ in SCORES
            if result.quality is not None
        )
        first = next(((label, value) for label, value in scores if value is not None), None)
        return LatestEvaluation(status.created_at, result.rows.current, result.verdict, first)
    return None
