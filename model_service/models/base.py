"""The protocol of a model: its inputs, its predictions and the data that it was trained on."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.inputs.schema import Schema
from evaluation.result import Evaluation
from evaluation.terms import Task

Floats = npt.NDArray[np.float64]
EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
LONGEST_TEXT = 200
SCORE_BUCKETS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class Field:
    """One field of a request: its type, and the closed range or the choices of its values.

    Only an identifier or a date that is not a feature may be `optional`.
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
        """The allowed values as text: "0 to 23"."""
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
    """A named period of rows that the model has; both days are included."""

    name: str
    title: str
    start: datetime.date
    end: datetime.date
    rows: int


def start_of_day(day: datetime.date) -> float:
    """Return midnight (UTC) of a day in epoch seconds."""
    return float(86_400 * (day.toordinal() - EPOCH_DAY))


class Entities(Protocol):
    """Entities with an identifier, such as users, and their current features."""

    key: str

    def features(self, identifier: str) -> Mapping[str, Any]:
        """Return the inputs of one entity. Raises KeyError."""
        ...


class LoggedModel(Protocol):
    """What the prediction log reads of a model."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def inputs(self) -> tuple[Field, ...]: ...

    def event_time(self, row: Mapping[str, Any]) -> float | None:
        """Return when the event of a row happened, in epoch seconds (UTC), or None."""
        ...


@runtime_checkable
class MonitoredModel(Protocol):
    """A model that the service can serve, log and evaluate.

    Inherit from it: members with a value or a body are optional. A binary classifier names the
    schema's `probability`: its predictions are probabilities of class 1, which `decide` turns into
    classes.
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
    # names of the classes of a multiclass model: the log stores their index, frames have the names
    classes: tuple[str, ...] = ()
    importance: Mapping[str, float] = MappingProxyType({})
    prediction_buckets: tuple[float, ...] = SCORE_BUCKETS
    decision_threshold: float = 0.5
    # further names of the request duration, for dashboards that its clients have
    request_duration_names: tuple[str, ...] = ()
    entities: Entities | None = None
    # thresholds of the alerts on its scores; they do not influence the decision
    alert_thresholds: Mapping[str, float] = MappingProxyType({})
    # version of a challenger that was trained and is not served
    candidate_version: str | None = None
    # groups of inputs that define similar rows of another period: {"season": ("season",)}
    alike: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    # the name by which worker processes load it; set by models.load
    loaded_as: str = ""

    @property
    def output(self) -> str:
        """The column that `predict_many` fills: the probability, or the prediction without one."""
        return str(self.schema.probability or self.schema.prediction)

    @property
    def score_columns(self) -> tuple[str, ...]:
        """The columns that `predict_many` reads: the features, if the model does not say others."""
        return self.schema.features

    def decide(self, scores: Floats) -> npt.NDArray[Any]:
        """Return predictions (n,) from the scores (n,) of `predict_many`.

        Scores of a model with named classes are their indexes, predictions their names.
        """
        if self.classes:
            return np.array(self.classes, dtype=object)[scores.astype(np.intp)]
        if self.schema.probability is None:
            return scores
        return np.asarray(scores >= self.decision_threshold).astype(np.int64)

    def answer(self, score: float) -> dict[str, Any]:
        """Return the response of /predict to a score: the score, and the class of a probability."""
        if self.classes:
            return {self.answer_field: self.classes[int(score)]}
        if self.schema.probability is None:
            return {self.answer_field: score}
        return {self.answer_field: score, "prediction": int(score >= self.decision_threshold)}

    def event_time(self, row: Mapping[str, Any]) -> float | None:  # noqa: ARG002
        """Return when the event of a row happened, in epoch seconds (UTC), or None."""
        return None

    def predict_one(self, values: tuple[Any, ...]) -> float:
        """Predict for one request, its values in the order of `inputs`. Must be fast."""
        ...

    def predict_many(self, frame: pd.DataFrame) -> Floats:
        """Predict for rows (n) with the columns `score_columns`. Returns an array (n,)."""
        ...

    def reference(self) -> pd.DataFrame:
        """Return the training rows with target and prediction, and probability if there is one."""
        ...

    def honest_rows(self) -> pd.DataFrame:
        """Return rows with target and an out-of-sample prediction, oldest first.

        The estimate of quality without truth learns from them. Empty if there are none.
        """
        return pd.DataFrame()

    def training_rows(self, frame: pd.DataFrame) -> int:  # noqa: ARG002
        """Return how many of these rows the model was trained on."""
        return 0

    def windows(self) -> list[Window]:
        """Return the named windows that can be evaluated."""
        return []

    def window(self, name: str) -> pd.DataFrame:
        """Return the rows of a named window, with truth. Raises KeyError."""
        raise KeyError(name)

    def drifted_batch(self, kind: str) -> pd.DataFrame:
        """Return real rows of another period, to test the alerts. Raises KeyError."""
        raise KeyError(kind)

    def drift_kinds(self) -> Mapping[str, str]:
        """Return the kinds that `drifted_batch` takes, with a description of each."""
        return {}

    def details(self) -> dict[str, Any]:
        """Return the facts about training that GET /model shows."""
        return {}

    def evaluation_answer(self, evaluation: Evaluation) -> dict[str, Any]:
        """Return the first fields of the response of /evaluate, as its clients expect them."""
        scores, evidently = evaluation.quality, evaluation.evidently
        names = SCORES_OF[self.task]
        return {
            "message": f"Evaluated {evaluation.rows.current} rows of "
            f"{evaluation.name or 'the posted rows'}.",
            **{
                ANSWERED_AS.get(name, name): getattr(scores, name) if scores else None
                for name in names
            },
            "drift_detected": int(bool(evidently and evidently.drift_detected)),
            "evaluated_items": evaluation.rows.current,
        }


# the names of scores in the response of /evaluate, where they differ
ANSWERED_AS = {"r2": "r2score"}
CLASS_SCORES = ("accuracy", "precision", "recall", "f1", "roc_auc", "log_loss")
SCORES_OF: Mapping[Task, tuple[str, ...]] = {
    "regression": ("rmse", "mape", "mae", "r2"),
    "binary": CLASS_SCORES,
    "multiclass": CLASS_SCORES,
}
