"""Every model at once: each series carries its model's name, which the service's info gives."""

from console.promql.catalogue import Query

# past it a model is called wrong; the bike model's weeks of February give 18 to 38, June 175
RMSE_THRESHOLD = 60.0
# of the features, against the lowest of the week
SHARE_RISE = 0.25
STALE_SECONDS = 7 * 86_400
# a young service has time for its first evaluation
GRACE_SECONDS = 86_400
# two versions stand side by side for minutes after a deployment: the model's name is one
OF_MODEL = "* on (job, instance) group_left (model) max by (job, instance, model) (model_info)"

UP = Query(
    "Up",
    "",
    "1 when the last scrape of the model's service succeeded; it stays listed for a day.",
    "up * on (job, instance) group_left (model) "
    "max by (job, instance, model) (last_over_time(model_info[1d]))",
)
REQUEST_RATE = Query(
    "Predictions by model",
    "requests/s",
    "Predictions a second.",
    f"rate(model_predictions_total[${{window}}]) {OF_MODEL}",
)
RMSE = Query(
    "RMSE by model",
    "target units",
    "Root mean squared error of the last published evaluation.",
    f"model_rmse_score {OF_MODEL}",
)
ROC_AUC = Query(
    "ROC AUC by model",
    "score",
    "How well the probability of a classifier ranks, in the last published evaluation.",
    f"model_roc_auc_score {OF_MODEL}",
)
DRIFT = Query(
    "Drift verdict by model",
    "",
    "1 drift, 0 no drift, NaN not enough data or never evaluated.",
    f"model_drift_detected {OF_MODEL}",
)
DRIFT_SHARE = Query(
    "Share of drifted features by model",
    "ratio",
    "Of the features, in the last published evaluation.",
    f"model_drift_share {OF_MODEL}",
)
DRIFTED = Query(
    "Drifted models",
    "ratio",
    "Share of drifted features of the models whose verdict is drift.",
    f"{DRIFT_SHARE.template} and on (job, instance) model_drift_detected == 1",
)
SHARE_RISING = Query(
    "Rise of the drift share",
    "ratio",
    "How far the share stands above the week's lowest, before the verdict is drift. A synthetic "
    "evaluation does not count.",
    "(model_drift_share - min_over_time(model_drift_share[7d])) "
    f"{OF_MODEL} unless on (job, instance) model_drift_detected == 1 "
    "unless on (job, instance) model_evaluation_synthetic == 1",
)
EVALUATION_AGE = Query(
    "Age of the last evaluation by model",
    "seconds",
    "Since the last published evaluation; NaN before the first.",
    f"time() - model_evaluation_timestamp_seconds {OF_MODEL}",
)
NEVER_EVALUATED = Query(
    "Models that were never evaluated",
    "",
    "A time that is NaN, the only value that differs from itself, in a service that is not young.",
    "model_info and on (job, instance) "
    "(model_evaluation_timestamp_seconds != model_evaluation_timestamp_seconds) "
    f"and on (job, instance) (time() - process_start_time_seconds > {GRACE_SECONDS})",
)
QUALITY_UNKNOWN = Query(
    "Models whose quality nobody knows",
    "",
    "The last published evaluation has no row with its truth, so that its scores are NaN; no "
    "number is above minus infinity that is none.",
    "model_info and on (job, instance) (model_evaluation_timestamp_seconds > 0) "
    "unless on (job, instance) (model_rmse_score > -Inf or model_accuracy_score > -Inf)",
)
FAILED_EVALUATIONS = Query(
    "Failed evaluations by model",
    "evaluations",
    "Evaluations that failed within the window.",
    f'increase(model_evaluations_total{{outcome="failed"}}[${{window}}]) {OF_MODEL}',
)
SILENT = Query(
    "Models without traffic",
    "predictions",
    "Predictions of the day before the window, of models that answered none within it.",
    "increase(model_predictions_total[1d] offset ${window}) "
    f"{OF_MODEL} and on (job, instance) increase(model_predictions_total[${{window}}]) == 0",
)
COLLAPSED = Query(
    "Models with nearly equal predictions",
    "predictions",
    "Predictions within the window, where nine of ten lie in one bucket of the histogram: no bound "
    "of a bucket has between 5 % and 95 % of them below it.",
    f"increase(model_prediction_value_count[${{window}}]) {OF_MODEL} "
    "unless on (job, instance) ((increase(model_prediction_value_bucket[${window}]) "
    "/ on (job, instance) group_left increase(model_prediction_value_count[${window}])) "
    "> 0.05 < 0.95)",
)
LOG_FAILURES = Query(
    "Predictions that the log refused, by model",
    "predictions",
    "Within the window; they were not answered.",
    f"increase(model_prediction_log_write_failures_total[${{window}}]) {OF_MODEL}",
)

ALL = {name: query for name, query in list(globals().items()) if isinstance(query, Query)}
