"""The interface of what evaluates a model: its service, or the console itself."""

from typing import Any, Protocol

from console.adapters.model_service import EvaluationPage, EvaluationStatus
from evaluation.result import Comparison


class Evaluator(Protocol):
    """Each call raises ConsoleError: RequestRejected for a request that is refused."""

    @property
    def url(self) -> str:
        """Identify the evaluator."""

    def status(self, evaluation_id: str) -> EvaluationStatus: ...

    def page(self, limit: int, offset: int = 0, **filters: str) -> EvaluationPage: ...

    def recent(self, limit: int) -> list[EvaluationStatus]: ...

    def describe(self) -> dict[str, Any]: ...

    def rerun(self, evaluation_id: str) -> str: ...

    def annotate(self, evaluation_id: str, tags: list[str], comment: str) -> None: ...

    def compare(self, first: str, second: str) -> Comparison: ...

    def cancel(self, evaluation_id: str) -> None: ...

    def report(self, evaluation_id: str, file: str) -> bytes: ...
