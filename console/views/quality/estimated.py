"""Shows estimated and realised performance, score by score, from the published metrics."""

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
# the metrics of realised scores
REGRESSION: dict[str, tuple[str, Query]] = {
    "rmse": ("RMSE", one_model.RMSE),
    "mae": ("MAE", one_model.MAE),
}
CLASSIFICATION: dict[str, tuple[str, Query]] = {
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
    """Show a chart for every score of the model's task."""
    scores = REGRESSION if model.task in ("regression", "") else CLASSIFICATION
    about = latest(f"about:{model.name}", lambda: wiring.service(model).about()).value or {}
    thresholds = about.get("thresholds") or {}
    show_panels(
        [
            _build_panel(name, label, realised, model, look, thresholds.get(name))
            for name, (label, realised) in scores.items()
        ],
        look,
    )


def _build_panel(
    name: str, label: str, realised: Query, model: Model, look: Look,
    threshold: float | None,
) -> Panel:  # fmt: skip
    labels = {**model.labels, "score": name}
    questions = [(part, wiring.question(query, labels, look.span)) for part, query in PARTS.items()]
    questions += [("realised", wiring.question(realised, model.labels, look.span))]
    unit = realised.unit

    def draw(series_list: list[Series], _previous: Sequence[Series]) -> Figure:
        series_by_part = {series.name: series for series in series_list}
        return estimate(series_by_part, unit, zone=look.zone, span=look.span, threshold=threshold)

    description = (
        "The score that the last published evaluation estimates for all of its rows, with its "
        "95 % interval, and the realised score of the rows with ground truth."
    )
    title = f"{label}: estimated and realised"
    return Panel(
        title, unit, description, questions, draw=draw, empty=EMPTY, key=f"estimate:{name}"
    )
