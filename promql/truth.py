"""Quality without truth, and how much truth is missing and how late it comes."""

from promql.one_model import Query

ESTIMATED = Query(
    "Estimated score",
    "score units",
    "What the score of all rows may be, estimated where truth is missing; NaN when the rows are "
    "unlike all that the estimate has learnt.",
    "max(model_estimated_score{${selector}})",
)
ESTIMATED_LOWER = Query(
    "Estimated score, lower end",
    "score units",
    "Lower end of the 95 percent interval of the estimate.",
    "max(model_estimated_score_lower{${selector}})",
)
ESTIMATED_UPPER = Query(
    "Estimated score, upper end",
    "score units",
    "Upper end of the 95 percent interval of the estimate.",
    "max(model_estimated_score_upper{${selector}})",
)
WITHOUT_TRUTH = Query(
    "Predictions without truth",
    "predictions",
    "Predictions in the log whose truth has not come.",
    # replicas share one log
    "max(model_predictions_without_truth{${selector}})",
)
TRUTH_LAG = Query(
    "Truth comes after",
    "seconds",
    "Median time from a prediction to its truth, of the latest 1,000 truths.",
    "max(model_truth_lag_seconds{${selector}})",
)

ALL = {name: query for name, query in list(globals().items()) if isinstance(query, Query)}
