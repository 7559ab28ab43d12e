"""Estimated beside realised performance, score by score, from the published gauges."""

from collections.abc import Sequence

from plotly.graph_objects import Figure

from console import wiring
from console.charts.estimates import estimate
from console.components.chart_panels import Panel, show_panels
from console.components.controls import Look, latest
from console.models.discovery import Model
from console.series import Series
from promql import classifier, one_model, truth
from promql.one_model import Query

PARTS = {
    "estimated": truth.ESTIMATED,
    "lower": truth.ESTIMATED_LOWER,
    "upper": truth.ESTIMATED_UPPER,
}
# the gauges of what came true
REGRESSION: dict[str, tuple[str, Query]] = {
    "rmse": ("RMSE", one_model.RMSE),
    "mae": ("MAE", one_model.MAE),
}
CLASSES: dict[str, tuple[str, Query]] = {
    "roc_auc": ("ROC AUC", classifier.ROC_AUC),
    "f1": ("F1", classifier.F1),
    "precision": ("Precision", classifier.PRECISION),
    "recall": ("Recall", classifier.RECALL),
}
EMPTY = (
    "No published evaluation has an estimate in this time range: all ground truth is known, or the "
    "rows differ too much from those with ground truth."
)


def show(model: Model, look: Look) -> None:
    scores = REGRESSION if model.task in ("regression", "") else CLASSES
    about = latest(f"about:{model.name}", lambda: wiring.service(model).about()).value or {}
    thresholds = about.get("thresholds") or {}
    show_panels(
        [
            _panel(name, label, realised, model, look, thresholds.get(name))
            for name, (label, realised) in scores.items()
        ],
        look,
    )


def _panel(
    name: str, label: str, realised: Query, model: Model, look: Look,
    threshold: float | None,
) -> Panel:  # fmt: skip
    of = {**model.labels, "score": name}
    asked = [(part, wiring.question(query, of, look.span)) for part, query in PARTS.items()]
    asked += [("realised", wiring.question(realised, model.labels, look.span))]
    unit = realised.unit

    def draw(found: list[Series], _before: Sequence[Series]) -> Figure:
        by_part = {series.name: series for series in found}
        return estimate(by_part, unit, zone=look.zone, span=look.span, threshold=threshold)

    text = (
        "The score that the last published evaluation estimates for all of its rows, with its "
        "95 % interval, and the realised score of the rows with ground truth."
    )
    title = f"{label}: estimated and realised"
    return Panel(title, unit, text, asked, draw=draw, empty=EMPTY, key=f"estimate:{name}")
