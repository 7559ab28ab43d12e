"""The alerts that a drill can fire, and what fires them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class EvaluationDrill:
    """An alert that a data shift fires, and the condition on its gauge."""

    alertname: str
    why: str
    gauge: str
    condition: str
    met: Callable[[dict[str, Any]], bool]
    shift: str


@dataclass(frozen=True)
class TrafficDrill:
    """An alert that a scenario of the pictures' traffic fires.

    The seconds are the longest that each step takes beside the usual traffic of one picture a
    second: until the alert's condition holds, until it fires, and until it is inactive again.
    """

    alertname: str
    why: str
    scenarios: tuple[str, ...]
    pending_seconds: float
    firing_seconds: float
    quiet_seconds: float
    needs: str = ""

    @property
    def minutes(self) -> tuple[float, float]:
        """Return how long it takes at most until it fires, and until it is over."""
        fires = (self.pending_seconds + self.firing_seconds) / 60
        return fires, fires + self.quiet_seconds / 60


EVALUATION_DRILLS = {
    "rmse": EvaluationDrill(
        "ModelErrorHigh",
        "the error of the model is above its threshold, whatever its input looks like: "
        "February has an RMSE of 18 to 38, the alert fires above 60",
        "model_rmse_score",
        "> 60",
        lambda answer: answer["rmse"] > 60,
        "summer",
    ),
    "drift": EvaluationDrill(
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
TRAFFIC_DRILLS = {
    "low-confidence": TrafficDrill(
        "CatsDogsLowConfidence",
        "more than 20 % of the predictions of 10 minutes have low confidence",
        ("dark", "blur"),
        pending_seconds=300,
        firing_seconds=120,
        quiet_seconds=780,
    ),
    "class-share": TrafficDrill(
        "CatsDogsUnusualClassShare",
        "in 10 minutes one class has a share that is 25 points above the day before",
        ("other-species",),
        pending_seconds=420,
        firing_seconds=420,
        quiet_seconds=780,
        needs="100 predictions that are older than 10 minutes, and less than 15 % with low "
        "confidence since then",
    ),
    "slow": TrafficDrill(
        "CatsDogsSlowInference",
        "classifying a picture takes more than 2 seconds on average of 2 minutes",
        ("slow",),
        pending_seconds=240,
        firing_seconds=180,
        quiet_seconds=300,
    ),
    "negative-feedback": TrafficDrill(
        "CatsDogsNegativeFeedback",
        "more than half of the votes of 10 minutes are negative, for 10 minutes",
        ("negative-feedback",),
        pending_seconds=420,
        firing_seconds=660,
        quiet_seconds=780,
    ),
    "few-predictions": TrafficDrill(
        "CatsDogsFewPredictions",
        "in 10 minutes there is less than a tenth of the usual number of predictions",
        ("no-traffic",),
        pending_seconds=780,
        firing_seconds=420,
        quiet_seconds=420,
        needs="60 predictions an hour until now, as the traffic of the stack makes",
    ),
    "database-down": TrafficDrill(
        "CatsDogsDatabaseUnreachable",
        "the service has not reached its database for 2 minutes",
        ("database-down",),
        pending_seconds=60,
        firing_seconds=180,
        quiet_seconds=120,
    ),
}
