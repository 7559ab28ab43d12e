"""What a model is to the service: its inputs, its predictions and the data it was trained on."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.result import Evaluation
from evaluation.schema import Schema, Task

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Field:
    """One field of a request: its type and the closed range of its values."""

    name: str
    type: Literal["float", "int", "date"]
    description: str
    example: Any
    low: float | None = None
    high: float | None = None

    @property
    def allowed(self) -> str:
        if self.type == "date":
            return "an ISO date such as 2011-02-08"
        kind = "a whole number" if self.type == "int" else "a finite number"
        if self.low is None:
            return kind
        if self.high is None:
            return f"{kind}, {self.low:g} or more"
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Window:
    """A named stretch of known data, days inclusive."""

    name: str
    title: str
    start: datetime.date
    end: datetime.date
    rows: int


class MonitoredModel(Protocol):
    """A model that the service can serve, log and evaluate."""

    name: str
    title: str
    task: Task
    version: str
    inputs: tuple[Field, ...]
    truth: Field
    answer_field: str
    input_schema_name: str
    schema: Schema
    importance: Mapping[str, float]
    prediction_buckets: tuple[float, ...]

    # groups of inputs by which rows of another period are alike: {"season": ("season",)}
    alike: Mapping[str, tuple[str, ...]]

    def event_time(self, row: Mapping[str, Any]) -> float | None:
        """When that which a row describes happened, in epoch seconds (UTC), or None."""
        ...

    def predict_one(self, values: tuple[Any, ...]) -> float:
        """Predict for one request, the values in the order of `inputs`. Microseconds."""
        ...

    def predict_many(self, frame: pd.DataFrame) -> Floats:
        """Predict for rows with the columns of the schema's features: an array (n,)."""
        ...

    def reference(self) -> pd.DataFrame:
        """The training rows with target and prediction."""
        ...

    def honest_rows(self) -> pd.DataFrame:
        """Rows with target and a prediction by a model that has not seen them, oldest first: what
        an estimate of its quality learns from. Empty where there are none."""
        ...

    def training_rows(self, frame: pd.DataFrame) -> int:
        """How many of these rows the model was trained on."""
        ...

    def windows(self) -> list[Window]: ...

    def window(self, name: str) -> pd.DataFrame:
        """The rows of a named window, truth included. Raises KeyError."""
        ...

    def drifted_batch(self, kind: str) -> pd.DataFrame:
        """Real rows of another time, for a test of the alerts. Raises KeyError."""
        ...

    def drift_kinds(self) -> Mapping[str, str]:
        """The names that `drifted_batch` takes, and what each is."""
        ...

    def details(self) -> dict[str, Any]:
        """What /model says beyond name, version and features."""
        ...

    def evaluation_answer(self, evaluation: Evaluation) -> dict[str, Any]:
        """What /evaluate answers first, by the contract of this model's clients."""
        ...
