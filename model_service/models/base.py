"""What a model is to the service: its inputs, its predictions and the data it was trained on."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.inputs.schema import Schema, Task
from evaluation.result import Evaluation

Floats = npt.NDArray[np.float64]
EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
LONGEST_TEXT = 200
SCORE_BUCKETS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class Field:
    """One field of a request: its type and the closed range or the choices of its values.

    Only an identifier or a date that is no feature may be `optional`.
    """

    name: str
    type: Literal["float", "int", "date", "text"]
    description: str
    example: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False

    @property
    def allowed(self) -> str:
        if self.type == "date":
            return "an ISO date such as 2011-02-08"
        if self.type == "text":
            return " | ".join(self.choices) or f"text of 1 to {LONGEST_TEXT} characters"
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


def start_of_day(day: datetime.date) -> float:
    """Midnight of a day that names no zone, taken as UTC, in epoch seconds."""
    return float(86_400 * (day.toordinal() - EPOCH_DAY))


class Entities(Protocol):
    """Things known by an identifier, such as users: their features as they are now."""

    key: str

    def features(self, identifier: str) -> Mapping[str, Any]:
        """The inputs of one of them. Raises KeyError."""
        ...


@runtime_checkable
class MonitoredModel(Protocol):
    """A model that the service can serve, log and evaluate.

    Inherit from it: what has a value or a body here is optional. A classifier of two classes names
    the schema's `probability`: its predictions are probabilities of the class 1, and `decide` makes
    the class of them.
    """

    name: str
    title: str
    task: Task
    version: str
    inputs: tuple[Field, ...]
    truth: Field
    answer_field: str
    schema: Schema
    input_schema_name: str = "Record"
    importance: Mapping[str, float] = MappingProxyType({})
    prediction_buckets: tuple[float, ...] = SCORE_BUCKETS
    decision_threshold: float = 0.5
    # names that its clients' dashboards know the request times by, beside ours
    request_duration_names: tuple[str, ...] = ()
    entities: Entities | None = None
    # where the alerts of its scores fire, by score; they do not enter the decision
    alert_thresholds: Mapping[str, float] = MappingProxyType({})
    # a challenger that was trained and is not served: its version
    candidate_version: str | None = None
    # groups of inputs by which rows of another period are alike: {"season": ("season",)}
    alike: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    # how worker processes load it again; set by models.load
    loaded_as: str = ""

    @property
    def output(self) -> str:
        """The column of what `predict_many` gives: the probability of a classifier that has one."""
        return str(self.schema.probability or self.schema.prediction)

    def decide(self, scores: Floats) -> npt.NDArray[Any]:
        """Predictions (n,) from what `predict_many` gives (n,): classes from probabilities."""
        if self.schema.probability is None:
            return scores
        return np.asarray(scores >= self.decision_threshold).astype(np.int64)

    def answer(self, score: float) -> dict[str, Any]:
        """What /predict answers of one score: it, and the class where it is a probability."""
        if self.schema.probability is None:
            return {self.answer_field: score}
        return {self.answer_field: score, "prediction": int(score >= self.decision_threshold)}

    def event_time(self, row: Mapping[str, Any]) -> float | None:  # noqa: ARG002
        """When that which a row describes happened, in epoch seconds (UTC), or None."""
        return None

    def predict_one(self, values: tuple[Any, ...]) -> float:
        """Predict for one request, the values in the order of `inputs`. Microseconds."""
        ...

    def predict_many(self, frame: pd.DataFrame) -> Floats:
        """Predict for rows with the columns of the schema's features: an array (n,)."""
        ...

    def reference(self) -> pd.DataFrame:
        """The training rows with target and prediction (and probability, where there is one)."""
        ...

    def honest_rows(self) -> pd.DataFrame:
        """Rows with target and a prediction by a model that has not seen them, oldest first: what
        an estimate of its quality learns from. Empty where there are none."""
        return pd.DataFrame()

    def training_rows(self, frame: pd.DataFrame) -> int:  # noqa: ARG002
        """How many of these rows the model was trained on."""
        return 0

    def windows(self) -> list[Window]:
        return []

    def window(self, name: str) -> pd.DataFrame:
        """The rows of a named window, truth included. Raises KeyError."""
        raise KeyError(name)

    def drifted_batch(self, kind: str) -> pd.DataFrame:
        """Real rows of another time, for a test of the alerts. Raises KeyError."""
        raise KeyError(kind)

    def drift_kinds(self) -> Mapping[str, str]:
        """The names that `drifted_batch` takes, and what each is."""
        return {}

    def details(self) -> dict[str, Any]:
        """What /model says beyond name, version and features."""
        return {}

    def evaluation_answer(self, evaluation: Evaluation) -> dict[str, Any]:
        """What /evaluate answers first, by the contract of this model's clients."""
        scores, theirs = evaluation.quality, evaluation.evidently
        names = SCORES_OF[self.task]
        return {
            "message": f"Evaluated {evaluation.rows.current} rows of "
            f"{evaluation.name or 'the posted rows'}.",
            **{
                ANSWERED_AS.get(name, name): getattr(scores, name) if scores else None
                for name in names
            },
            "drift_detected": int(bool(theirs and theirs.drift_detected)),
            "evaluated_items": evaluation.rows.current,
        }


# the names that clients of /evaluate know a score by
ANSWERED_AS = {"r2": "r2score"}
CLASS_SCORES = ("accuracy", "precision", "recall", "f1", "roc_auc", "log_loss")
SCORES_OF: Mapping[Task, tuple[str, ...]] = {
    "regression": ("rmse", "mape", "mae", "r2"),
    "binary": CLASS_SCORES,
    "multiclass": CLASS_SCORES,
}


def with_predictions(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    """Return the frame with the model's output and predictions; those it has are kept."""
    prediction = str(model.schema.prediction)
    if model.output not in frame.columns:
        output = model.predict_many(frame[list(model.schema.features)])
        frame = frame.assign(**{model.output: output})
    if prediction not in frame.columns:
        decisions = model.decide(frame[model.output].to_numpy(dtype="float64"))
        frame = frame.assign(**{prediction: decisions})
    return frame
