"""Evaluations of one model: the last published one, and how many ended."""

from promql.query import Query

EVALUATED_AT = Query(
    "Last evaluation",
    "epoch seconds",
    "Time of the last published evaluation; NaN before the first.",
    "max(model_evaluation_timestamp_seconds{${selector}})",
)
EVALUATION_AGE = Query(
    "Age of the last evaluation",
    "seconds",
    "Time since the last published evaluation; NaN before the first.",
    "time() - max(model_evaluation_timestamp_seconds{${selector}})",
)
EVALUATION_DURATION = Query(
    "Duration of the last evaluation",
    "seconds",
    "How long the last published evaluation took.",
    "max(model_evaluation_duration_seconds{${selector}})",
)
EVALUATED_ROWS = Query(
    "Evaluated rows",
    "rows",
    "Current rows in the last published evaluation.",
    "max(model_evaluation_rows{${selector}})",
)
SYNTHETIC = Query(
    "Synthetic evaluation",
    "",
    "1 while the gauges show a synthetic evaluation, which tests the alerts.",
    "max(model_evaluation_synthetic{${selector}})",
)
EVALUATIONS = Query(
    "Evaluations",
    "evaluations",
    "Number of evaluations that ended in the window, by outcome.",
    "sum by (outcome) (increase(model_evaluations_total{${selector}}[${window}]))",
)
