"""Every model at once: each series carries its model's name, which the service's info gives."""

from promql.one_model import MODEL, NAMES, Query, of_one_model

# past it a model is called wrong; the bike model's weeks of February give 18 to 38, June 175
RMSE_THRESHOLD = 60.0
# of the features, against the lowest of the week
SHARE_RISE = 0.25
STALE_SECONDS = 7 * 86_400
OF_MODEL = f"* {MODEL}"
# the name of now before the name of yesterday: another model may have taken the address since
KNOWN = (
    f"({NAMES} or on (job, instance) "
    "max by (job, instance, model) (last_over_time(model_info[1d])))"
)

UP = Query(
    "Up",
    "",
    "1 when the last scrape of the model's service succeeded; it stays listed for a day.",
    f"up * on (job, instance) group_left (model) {of_one_model(KNOWN)}",
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
    "A time that is NaN, the only value that differs from itself, of a model that was served a day "
    "ago already, however often its service was started since.",
    "model_info and on (job, instance) "
    "(model_evaluation_timestamp_seconds != model_evaluation_timestamp_seconds) "
    "and on (job, model) last_over_time(model_info[1h] offset 1d)",
)
QUALITY_UNKNOWN = Query(
    "Models whose quality nobody knows",
    "",
    "No published evaluation of a day had a row with its truth, so that the scores are NaN; no "
    "number is above minus infinity that is none. A restart does not begin the day anew.",
    "model_info and on (job, instance) (model_evaluation_timestamp_seconds > 0) "
    "and on (job) (max_over_time(model_evaluation_timestamp_seconds[1h] offset 1d) > 0) "
    "unless on (job, instance) (max_over_time(model_rmse_score[1d]) > -Inf "
    "or max_over_time(model_accuracy_score[1d]) > -Inf)",
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
    "/ ignoring (le) group_left increase(model_prediction_value_count[${window}])) "
    "> 0.05 < 0.95)",
)
LOG_FAILURES = Query(
    "Predictions that the log refused, by model",
    "predictions",
    "Within the window; they were not answered.",
    f"increase(model_prediction_log_write_failures_total[${{window}}]) {OF_MODEL}",
)

ALL = {name: query for name, query in list(globals().items()) if isinstance(query, Query)}
