"""The alerts that a drill can fire, and the data shifts that fire them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drill:
    """An alert that a data shift fires, and the condition on its gauge."""

    alertname: str
    why: str
    gauge: str
    condition: str
    met: Callable[[dict[str, Any]], bool]
    shift: str


DRILLS = {
    "rmse": Drill(
        "ModelErrorHigh",
        "the error of the model is above its threshold, whatever its input looks like: "
        "February has an RMSE of 18 to 38, the alert fires above 60",
        "model_rmse_score",
        "> 60",
        lambda answer: answer["rmse"] > 60,
        "summer",
    ),
    "drift": Drill(
        "ModelDataDrift",
        "the verdict is that the input differs from the training data: the warm third "
        "week of February against January; the first two weeks do not drift",
        "model_drift_detected",
        "== 1",
        lambda answer: answer["verdict"] == "drift",
        "third_week",
    ),
}
SHIFTS = {
    "summer": "June 2011 against January, which the model was trained on",
    "third_week": "the third week of February 2011 against January",
}
