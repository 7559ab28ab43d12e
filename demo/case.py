"""What the demo traffic sends: one request for a prediction, and later what is true."""

from dataclasses import dataclass
from typing import Any, Protocol

from demo.client import ServiceClient

Answer = dict[str, Any]
Body = dict[str, Any]


class Case(Protocol):
    """A request to /predict, its name in the progress line, and its feedback."""

    @property
    def name(self) -> str: ...

    def predict(self, api: ServiceClient) -> Answer:
        """Request the prediction. Raises Unreachable and Rejected."""
        ...

    def feedback(self, answer: Answer) -> Body | None:
        """Return the body for /feedback, or None for a prediction that gets none."""
        ...


@dataclass(frozen=True)
class Row:
    """A row of a table and its truth."""

    name: str
    body: Body
    truth: float

    def predict(self, api: ServiceClient) -> Answer:
        answer: Answer = api.post("/predict", self.body)
        return answer

    def feedback(self, answer: Answer) -> Body:
        return {"prediction_id": answer["prediction_id"], "truth": self.truth}
