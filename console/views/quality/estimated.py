"""Shows estimated and realised performance, score by score, from the published metrics."""

from collections.abc import Sequence

from plotly.graph_objects import Figure

from console import wiring
from console.charts.estimates import estimate
from console.components.chart_panels import Panel, show_panels
from console.components.source_state import fetch_with_fallback
from console.components.view_state import ViewState
from console.models.discovery import Model
from console.series import Series
from promql import classifier, ground_truth, quality
from promql.query import Query

PARTS = {
    "estimated": ground_truth.ESTIMATED,
    "lower": ground_truth.ESTIMATED_LOWER,
    "upper": ground_truth.ESTIMATED_UPPER,
}
# the metrics of realised scores
REGRESSION: dict[str, tuple[str, Query]] = {
    "rmse": ("RMSE", quality.RMSE),
    "mae": ("MAE", quality.MAE),
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


def show(model: Model, view: ViewState) -> None:
    """Show a chart for every score of the model's task; several classes have no estimate."""
    if model.task == "multiclass":
        return
    scores = REGRESSION if model.task in ("regression", "") else CLASSIFICATION
    about = (
        fetch_with_fallback(f"about:{model.name}", lambda: wiring.service(model).describe()).value
        or {}
    )
    thresholds = about.get("thresholds") or {}
    show_panels(
        [
            _build_panel(name, label, realised, model, view, thresholds.get(name))
            for name, (label, realised) in scores.items()
        ],
        view,
    )


def _build_panel(
    name: str, label: str, realised: Query, model: Model, view: ViewState,
    threshold: float | None,
) -> Panel:  # fmt: skip
    labels = {**model.labels, "score": name}
    requests = [
        (part, wiring.build_request(query, labels, view.span)) for part, query in PARTS.items()
    ]
    requests += [("realised", wiring.build_request(realised, model.labels, view.span))]
    unit = realised.unit

    def draw(series_list: list[Series], _previous: Sequence[Series]) -> Figure:
        series_by_part = {series.name: series for series in series_list}
        return estimate(series_by_part, unit, zone=view.zone, span=view.span, threshold=threshold)

    description = (
        "The score that the last published evaluation estimates for all of its rows, with its "
        "95 % interval, and the realised score of the rows with ground truth."
    )
    title = f"{label}: estimated and realised"
    return Panel(title, unit, description, requests, draw=draw, empty=EMPTY, key=f"estimate:{name}")
