"""The process that a dispatcher works for: a model service or the console."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from evaluation.jobs.job import Job
from evaluation.result import Evaluation
from evaluation.store.records import Stored


@dataclass(frozen=True)
class Ending:
    """How an evaluation ended: with a result, or with an error."""

    stored: Stored
    state: Literal["succeeded", "failed", "cancelled", "interrupted"]
    evaluation: Evaluation | None = None
    error: Exception | None = None


class Host(Protocol):
    """What a dispatcher needs of its process. Called from the dispatcher's thread."""

    # errors whose text is for the user, EvaluationError among them; others are unexpected
    errors: tuple[type[Exception], ...]
    # whether evaluations that a stop cut off are queued again, or reported as interrupted
    resumes: bool

    def models(self) -> list[str]:
        """Return the models whose evaluations this process runs."""
        ...

    def job(self, stored: Stored) -> Job:
        """Build the job of an evaluation. Raises one of `errors`."""
        ...

    def error_document(self, error: Exception) -> dict[str, Any]:
        """Return what is stored of an error; `message` is its text."""
        ...

    def refresh(self) -> None:
        """Update what follows the store, such as gauges; called in each turn and after a result.

        Raises SQLAlchemyError.
        """
        ...

    def ended(self, ending: Ending) -> None:
        """Handle the end of an evaluation. Raises nothing."""
        ...
