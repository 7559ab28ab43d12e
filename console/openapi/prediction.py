"""The answer to a prediction: its outcome, its probabilities and its metadata. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

PREFIXES = ("proba_", "probability_", "prob_")
TABLES = ("probabilities", "probability", "scores")
OUTCOMES = ("prediction", "predicted_class", "class", "label")
METADATA = (
    "prediction_id", "model_version", "confidence", "low_confidence", "inference_time_ms",
)  # fmt: skip
# rounded probabilities of all classes sum to 1 within this
ROUNDING = 0.005


@dataclass(frozen=True)
class Prediction:
    """The answer of a service: `body` is all of it, `others` the fields that have no other place.

    `outcome` is the predicted class or value. Probabilities are by class, largest first.
    """

    body: Mapping[str, Any]
    outcome: Any = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    confidence: float | None = None
    low_confidence: bool = False
    inference_seconds: float | None = None
    prediction_id: str | None = None
    model_version: str | None = None
    others: Mapping[str, Any] = field(default_factory=dict)


def read_prediction(body: Mapping[str, Any], classes: Iterable[str] = ()) -> Prediction:
    """Read an answer; `classes` are all classes of the model, if they are known.

    A class without a probability of its own has what the others leave of 1.
    """
    probabilities, used = _probabilities(body)
    name = next((item for item in OUTCOMES if _is_scalar(body.get(item))), None)
    if name is None:
        rest = [item for item in body if item not in (*used, *METADATA)]
        name = next((item for item in rest if _number(body[item]) is not None), None)
    outcome = None if name is None else body[name]
    if len(used) > 1:
        probabilities = _add_remainder(probabilities, outcome, tuple(classes))
    milliseconds = _number(body.get("inference_time_ms"))
    taken = {*used, *METADATA, name}
    return Prediction(
        body=body,
        outcome=outcome,
        probabilities=dict(sorted(probabilities.items(), key=lambda item: -item[1])),
        confidence=_number(body.get("confidence")),
        low_confidence=body.get("low_confidence") is True,
        inference_seconds=None if milliseconds is None else milliseconds / 1000,
        prediction_id=_text(body.get("prediction_id")),
        model_version=_text(body.get("model_version")),
        others={item: value for item, value in body.items() if item not in taken},
    )


def _probabilities(body: Mapping[str, Any]) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the probabilities by class, and the fields that hold them."""
    for name in TABLES:
        table = body.get(name)
        if isinstance(table, list):
            table = {str(number): value for number, value in enumerate(table)}
        if isinstance(table, Mapping):
            return {str(item): value for item, value in _shares(table).items()}, (name,)
    named = {
        item: item[len(prefix) :] for item in body for prefix in PREFIXES if item.startswith(prefix)
    }
    shares = _shares({item: body[item] for item in named})
    if shares:
        return {named[item]: value for item, value in shares.items()}, tuple(shares)
    single = _shares({item: body[item] for item in body if "proba" in item.lower()})
    return single, tuple(single)


def _add_remainder(
    probabilities: dict[str, float], outcome: Any, classes: tuple[str, ...]
) -> dict[str, float]:
    """Add the one class that has no probability of its own."""
    rest = 1 - sum(probabilities.values())
    without = [name for name in classes if name not in probabilities]
    if len(without) == 1:
        return {**probabilities, without[0]: min(max(rest, 0.0), 1.0)}
    if rest <= ROUNDING:
        return probabilities
    named = isinstance(outcome, str) and outcome not in probabilities and not without
    return {**probabilities, str(outcome) if named else "other": rest}


def _shares(values: Mapping[str, Any]) -> dict[str, float]:
    return {
        name: number
        for name, value in values.items()
        if (number := _number(value)) is not None and 0 <= number <= 1
    }


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _text(value: Any) -> str | None:
    return str(value) if _is_scalar(value) else None
