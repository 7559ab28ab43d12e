"""The alerts that a drill can fire, and the shifts of the data that fire them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drill:
    """An alert that a shift of the data fires, and what its gauge shows then."""

    alertname: str
    why: str
    gauge: str
    condition: str
    met: Callable[[dict[str, Any]], bool]
    shift: str


DRILLS = {
    "rmse": Drill(
        "ModelErrorHigh",
        "a model whose error is past its threshold is wrong, whatever its input looks like: "
        "February gives an RMSE of 18 to 38, the alert fires past 60",
        "model_rmse_score",
        "> 60",
        lambda answer: answer["rmse"] > 60,
        "summer",
    ),
    "drift": Drill(
        "ModelDataDrift",
        "our verdict says that the input is not what the model learned from: the warm third "
        "week of February against January; the first two weeks are no drift",
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
