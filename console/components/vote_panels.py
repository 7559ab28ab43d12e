"""Shows the confidence and the votes of users over time, for a model that counts them."""

from dataclasses import replace

from console import wiring
from console.components.chart_panels import Panel, panel, show_panels
from console.components.source_state import fetch_with_fallback
from console.components.view_state import ViewState
from console.errors import ConsoleError
from console.models.discovery import Model
from promql import cats_dogs as images
from promql import predictions

# a metric that only services for pictures expose
PREDICTIONS = "cv_predictions_total"
NO_VOTES = "No votes in this time range. The page Try it can send one."
NO_PREDICTIONS = "No predictions in this time range."
CONFIDENCE = (
    "Median and 10th percentile of the confidence, the largest probability of a prediction. The "
    "dotted line is the service's threshold of low confidence."
)


def show(model: Model, view: ViewState) -> None:
    """Show the charts; nothing if the model does not expose these metrics."""
    if not _counts_votes(model):
        return
    labels = model.labels
    quantiles = [
        (name, wiring.build_request(query, labels, view.span))
        for name, query in (
            ("median", predictions.PREDICTION_MEDIAN),
            ("10th percentile", predictions.PREDICTION_P10),
        )
    ]
    show_panels(
        [
            Panel(
                "Confidence", "ratio", CONFIDENCE, quantiles, empty=NO_PREDICTIONS,
                threshold=_low_confidence(model),
            ),
            panel(images.LOW_CONFIDENCE_RATIO, view, labels, empty=NO_PREDICTIONS),
            panel(
                replace(images.FEEDBACK.by("feedback_type"), title="Feedback"), view, labels,
                empty=NO_VOTES, series_labels=("feedback_type",),
            ),
            panel(
                images.CLASS_SHARE, view, labels, empty=NO_PREDICTIONS,
                series_labels=("predicted_class",),
            ),
        ],
        view,
    )  # fmt: skip


def _counts_votes(model: Model) -> bool:
    try:
        return PREDICTIONS in wiring.metric_names(wiring.selected_source(), model.job)
    except ConsoleError:
        # the other charts of the page show the outage
        return False


def _low_confidence(model: Model) -> float | None:
    """Return the service's threshold, from GET /model."""
    fetched = fetch_with_fallback(f"about:{model.name}", lambda: wiring.service(model).describe())
    value = ((fetched.value or {}).get("thresholds") or {}).get("low_confidence")
    return float(value) if isinstance(value, int | float) else None
