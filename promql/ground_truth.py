"""Ground truth of one model: how much arrives, how late, and scores estimated without it."""

from promql.query import Query


def _estimate(title: str, metric: str, text: str) -> Query:
    return Query(title, "score units", text, f"max({metric}{{${{selector}}}})")


FEEDBACK = Query(
    "Ground truth received",
    "requests/s",
    "Ground truth values per second; unknown_prediction counts ids of unknown predictions.",
    "sum by (kind) (rate(model_feedback_total{${selector}}[${window}]))",
)
TRUTH_COUNT = Query(
    "Ground truth in the window",
    "predictions",
    "Number of ground truth values that arrived in the window.",
    'sum(increase(model_feedback_total{kind="truth",${selector}}[${window}]))',
)
WITHOUT_TRUTH = Query(
    "Predictions without ground truth",
    "predictions",
    "Logged predictions that have no ground truth yet.",
    # replicas share one log
    "max(model_predictions_without_truth{${selector}})",
)
TRUTH_LAG = Query(
    "Ground truth delay",
    "seconds",
    "Median time from a prediction to its ground truth, over the latest 1,000.",
    "max(model_truth_lag_seconds{${selector}})",
)
ESTIMATED = _estimate(
    "Estimated score",
    "model_estimated_score",
    "Score of all rows, estimated where ground truth is missing; NaN if the rows are unlike those "
    "that the estimate was fitted on.",
)
ESTIMATED_LOWER = _estimate(
    "Estimated score, lower bound",
    "model_estimated_score_lower",
    "Lower bound of the 95 % interval of the estimate.",
)
ESTIMATED_UPPER = _estimate(
    "Estimated score, upper bound",
    "model_estimated_score_upper",
    "Upper bound of the 95 % interval of the estimate.",
)
