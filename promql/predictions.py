"""Predictions of one model: how many, their values, and the log of them."""

from promql.query import Query

PREDICTION_RATE = Query(
    "Predictions",
    "requests/s",
    "Predictions per second.",
    "sum(rate(model_predictions_total{${selector}}[${window}]))",
)
PREDICTION_COUNT = Query(
    "Predictions in the window",
    "predictions",
    "Number of predictions in the window.",
    "sum(increase(model_predictions_total{${selector}}[${window}]))",
)
PREDICTION_BUCKETS = Query(
    "Distribution of predictions",
    "requests/s",
    "Predictions per second by predicted value, in the unit of the target.",
    "sum by (le) (rate(model_prediction_value_bucket{${selector}}[${window}]))",
)
PREDICTION_MEDIAN = Query(
    "Prediction, median",
    "target units",
    "50 % of predictions are lower.",
    "histogram_quantile(0.5, sum by (le) (rate("
    "model_prediction_value_bucket{${selector}}[${window}])))",
)
PREDICTION_P10 = Query(
    "Prediction, 10th percentile",
    "target units",
    "90 % of predictions are higher.",
    "histogram_quantile(0.1, sum by (le) (rate("
    "model_prediction_value_bucket{${selector}}[${window}])))",
)
PREDICTION_P95 = Query(
    "Prediction, 95th percentile",
    "target units",
    "95 % of predictions are lower.",
    "histogram_quantile(0.95, sum by (le) (rate("
    "model_prediction_value_bucket{${selector}}[${window}])))",
)
LOGGED_PREDICTIONS = Query(
    "Logged predictions",
    "rows",
    "Predictions that the service committed to its log in the window.",
    "sum(increase(model_prediction_log_rows_total{${selector}}[${window}]))",
)
