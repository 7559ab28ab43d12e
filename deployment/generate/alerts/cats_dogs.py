"""Alerts on cats and dogs, over all instances of the service.

A ratio is compared only if enough predictions or votes are behind it.
"""

from dataclasses import dataclass
from typing import Literal

from deployment.generate.alerts import COUNT, Alert, Severity, Team
from promql import cats_dogs

MODEL = "cats-dogs"
WINDOW = "10m"
JOB = "{{ $labels.job }}"
QUALITY_PAGE = f"/quality?model={MODEL}"
OVERVIEW_PAGE = f"/?model={MODEL}"
PREDICTIONS = cats_dogs.PREDICTIONS.by("job").matching(window=WINDOW)
VOTES = cats_dogs.FEEDBACK.by("job").matching(window=WINDOW)


@dataclass(frozen=True)
class Condition:
    """A value, the limit that it is above or below, and the series that must exist beside it."""

    value: str
    comparison: Literal["gt", "lt"]
    limit: float
    guard: str = ""

    def guarded_value(self) -> str:
        return f"{self.value} {self.guard}".strip()

    def expression(self) -> str:
        sign = {"gt": ">", "lt": "<"}[self.comparison]
        return f"{self.value} {sign} {self.limit:g} {self.guard}".strip()


CONDITIONS = {
    "CatsDogsSlowInference": Condition(
        cats_dogs.MEAN_INFERENCE_TIME.by("job").matching(window="2m"),
        "gt",
        cats_dogs.SLOW_SECONDS,
    ),
    "CatsDogsNegativeFeedback": Condition(
        cats_dogs.RECORDED_NEGATIVE_SHARE.matching(),
        "gt",
        cats_dogs.NEGATIVE_LIMIT,
        f"and on (job) {VOTES} >= {cats_dogs.MIN_VOTES}",
    ),
    "CatsDogsLowConfidence": Condition(
        cats_dogs.RECORDED_LOW_CONFIDENCE_RATIO.matching(),
        "gt",
        cats_dogs.LOW_CONFIDENCE_LIMIT,
        f"and on (job) {PREDICTIONS} >= {cats_dogs.MIN_PREDICTIONS}",
    ),
    "CatsDogsFewPredictions": Condition(
        cats_dogs.SHARE_OF_USUAL.matching(),
        "lt",
        cats_dogs.FEW_RATIO,
        f"and on (job) {cats_dogs.USUAL_REQUESTS_AN_HOUR.matching()} "
        f">= {cats_dogs.MIN_REQUESTS_AN_HOUR} "
        f"unless on (job) {cats_dogs.SHARE_OF_USUAL_YESTERDAY.matching()} < {cats_dogs.FEW_RATIO}",
    ),
    "CatsDogsDatabaseUnreachable": Condition(cats_dogs.DATABASE_UNREACHABLE.matching(), "gt", 0),
    "CatsDogsUnusualClassShare": Condition(
        f"{cats_dogs.CLASS_SHARE.matching(window=WINDOW)} "
        f"- ({cats_dogs.USUAL_CLASS_SHARE.matching(window=WINDOW)})",
        "gt",
        cats_dogs.CLASS_SHARE_RISE,
        f"and on (job) {PREDICTIONS} >= {cats_dogs.MIN_PREDICTIONS_OF_A_SHARE} "
        f"and on (job) {cats_dogs.PREDICTIONS_OF_THE_DAY.matching(window=WINDOW)} "
        f">= {cats_dogs.MIN_PREDICTIONS_OF_THE_DAY} "
        f"unless on (job) {cats_dogs.RECORDED_LOW_CONFIDENCE_RATIO.matching()} "
        f"> {cats_dogs.UNSURE_RATIO}",
    ),
}


def _alert(
    name: str,
    severity: Severity,
    team: Team,
    summary: str,
    description: str,
    hold: str,
    format: str,
    console: str = QUALITY_PAGE,
    over_days: bool = False,
) -> Alert:
    return Alert(
        name,
        CONDITIONS[name].expression(),
        severity,
        team,
        summary,
        description,
        hold=hold,
        console=console,
        format=format,
        labels={"model": MODEL},
        over_days=over_days,
    )


ALERTS = [
    _alert(
        "CatsDogsSlowInference",
        "critical",
        "platform",
        "Classifying an image takes more than two seconds",
        f"{JOB} takes {{value}} on average to classify an image.",
        "2m",
        "humanizeDuration",
        OVERVIEW_PAGE,
    ),
    _alert(
        "CatsDogsNegativeFeedback",
        "warning",
        "data-science",
        "Most users say that the prediction was wrong",
        f"{{value}} of the feedback on {JOB} in the last 10 minutes is negative.",
        "10m",
        "humanizePercentage",
    ),
    _alert(
        "CatsDogsLowConfidence",
        "warning",
        "data-science",
        "More than 20 % of the predictions have low confidence",
        f"{{value}} of the predictions of {JOB} in the last 10 minutes have low confidence.",
        "1m",
        "humanizePercentage",
    ),
    _alert(
        "CatsDogsFewPredictions",
        "warning",
        "platform",
        "Far fewer images than usual are classified",
        f"{JOB} classified {{value}} of the usual number of images in the last 10 minutes. Clients "
        "may not reach it.",
        "5m",
        "humanizePercentage",
        OVERVIEW_PAGE,
        over_days=True,
    ),
    _alert(
        "CatsDogsDatabaseUnreachable",
        "critical",
        "platform",
        "The database of cats and dogs is unreachable",
        f"Instances of {JOB} that do not reach their database: {{value}}. They reject predictions "
        "and feedback.",
        "2m",
        COUNT,
        OVERVIEW_PAGE,
    ),
    _alert(
        "CatsDogsUnusualClassShare",
        "warning",
        "data-science",
        "One class is predicted far more often than usual",
        "The share of {{ $labels.predicted_class }} in the predictions of "
        f"{JOB} in the last 10 minutes is {{value}} above its share of the day before.",
        "5m",
        "humanizePercentage",
        over_days=True,
    ),
]
