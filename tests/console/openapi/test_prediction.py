"""Answers of different services: outcome, probabilities, and what is left of 1."""

from typing import Any

import pytest

from console.openapi.prediction import read_prediction
from tests.console.picture_service import ANSWER


def test_the_class_without_a_probability_has_what_the_others_leave() -> None:
    prediction = read_prediction(ANSWER, ("cat", "dog", "neither"))
    assert prediction.outcome == "cat"
    assert dict(prediction.probabilities) == pytest.approx(
        {"cat": 0.61, "neither": 0.3, "dog": 0.09}
    )
    assert list(prediction.probabilities) == ["cat", "neither", "dog"]
    assert prediction.low_confidence
    assert prediction.inference_seconds == pytest.approx(0.0115)
    assert prediction.others == {}


def test_a_predicted_class_without_a_probability_names_the_rest() -> None:
    answer = {"prediction": "neither", "proba_cat": 0.1, "proba_dog": 0.2}
    assert read_prediction(answer).probabilities == pytest.approx(
        {"neither": 0.7, "dog": 0.2, "cat": 0.1}
    )
    assert "other" in read_prediction({**answer, "prediction": "dog"}).probabilities


@pytest.mark.parametrize(
    ("answer", "outcome", "probabilities"),
    [
        ({"predicted_count": 22.6, "prediction_id": "p"}, 22.6, {}),
        ({"churn_probability": 0.2, "prediction": 0}, 0, {"churn_probability": 0.2}),
        ({"class": "a", "probabilities": {"a": 0.7, "b": 0.3}}, "a", {"a": 0.7, "b": 0.3}),
        ({"prediction": 1, "probabilities": [0.4, 0.6]}, 1, {"1": 0.6, "0": 0.4}),
        ({"prediction": [1, 2]}, None, {}),
        ({"proba_a": float("nan"), "proba_b": 2, "proba_c": True}, 2, {}),
        ({}, None, {}),
    ],
    ids=range(7),
)
def test_answers_of_other_services_are_read(
    answer: dict[str, Any], outcome: object, probabilities: dict[str, float]
) -> None:
    prediction = read_prediction(answer)
    assert prediction.outcome == outcome
    assert prediction.probabilities == probabilities
