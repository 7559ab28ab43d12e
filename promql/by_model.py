"""All models at once: each series carries the name of its model, joined from `model_info`."""

from promql.query import Query

# the bike model's RMSE is 18 to 38 in the weeks of February and 175 in June
RMSE_THRESHOLD = 60.0
# rise of the share of drifted features above its lowest value of the week
SHARE_RISE = 0.25
STALE_SECONDS = 7 * 86_400


def unambiguous(names: str) -> str:
    """Return the right side of a join by instance: instances that have exactly one model name.

    Prometheus rejects a whole query if one instance matches two names, so that one service with
    two models would silence the alerts of all others.
    """
    return f"({names} unless on (job, instance) count by (job, instance) ({names}) > 1)"


# without the version: during a deployment two versions overlap for minutes
NAMES = "max by (job, instance, model) (model_info)"
# the current name first, then the last of the day: another model may have moved to the address
NAMES_OF_THE_DAY = (
    f"({NAMES} or on (job, instance) "
    "max by (job, instance, model) (last_over_time(model_info[1d])))"
)
# adds the label `model` to the series of a service
WITH_MODEL = f"* on (job, instance) group_left (model) {unambiguous(NAMES)}"

UP = Query(
    "Up",
    "",
    "1 if the last scrape of the model's service succeeded. A model that disappears stays listed "
    "for a day.",
    f"up * on (job, instance) group_left (model) {unambiguous(NAMES_OF_THE_DAY)}",
)
REQUEST_RATE = Query(
    "Requests by model",
    "requests/s",
    "Requests per second, without scrapes and health checks.",
    f'sum by (model) (rate(api_requests_total{{endpoint!~"${{no_traffic}}"}}[${{window}}]) '
    f"{WITH_MODEL})",
)
ERROR_RATE = Query(
    "Errors by model",
    "requests/s",
    "Requests per second that ended in a server error (5xx).",
    "sum by (model) (rate("
    'api_requests_total{endpoint!~"${no_traffic}",status_code=~"5.."}[${window}]) '
    f"{WITH_MODEL})",
)
LATENCY_P95 = Query(
    "Latency by model, 95th percentile",
    "seconds",
    "95 % of requests are faster. Evaluations are left out.",
    "histogram_quantile(0.95, sum by (model, le) (rate("
    f'api_request_duration_seconds_bucket{{endpoint!~"${{long}}"}}[${{window}}]) {WITH_MODEL}))',
)
PREDICTION_RATE = Query(
    "Predictions by model",
    "requests/s",
    "Predictions per second.",
    f"rate(model_predictions_total[${{window}}]) {WITH_MODEL}",
)
RMSE = Query(
    "RMSE by model",
    "target units",
    "Root mean squared error in the last published evaluation.",
    f"model_rmse_score {WITH_MODEL}",
)
ROC_AUC = Query(
    "ROC AUC by model",
    "score",
    "How well the probability ranks the classes, in the last published evaluation.",
    f"model_roc_auc_score {WITH_MODEL}",
)
ACCURACY = Query(
    "Accuracy by model",
    "score",
    "Share of rows with the correct class, in the last published evaluation.",
    f"model_accuracy_score {WITH_MODEL}",
)
DRIFT_DETECTED = Query(
    "Drift verdict by model",
    "",
    "1: drift. 0: no drift. NaN: not enough data, or not evaluated yet.",
    f"model_drift_detected {WITH_MODEL}",
)
DRIFT_SHARE = Query(
    "Share of drifted features by model",
    "ratio",
    "Share of features that drifted in the last published evaluation.",
    f"model_drift_share {WITH_MODEL}",
)
DRIFTED = Query(
    "Drifted models",
    "ratio",
    "Share of drifted features of the models whose drift verdict is drift.",
    f"{DRIFT_SHARE.template} and on (job, instance) model_drift_detected == 1",
)
DRIFT_SHARE_RISE = Query(
    "Rise of the share of drifted features",
    "ratio",
    "Share of drifted features minus its lowest value of the week, before the verdict is drift. "
    "Synthetic evaluations are left out.",
    "(model_drift_share - min_over_time(model_drift_share[7d])) "
    f"{WITH_MODEL} unless on (job, instance) model_drift_detected == 1 "
    "unless on (job, instance) model_evaluation_synthetic == 1",
)
EVALUATED_AT = Query(
    "Last evaluation by model",
    "epoch seconds",
    "Time of the last published evaluation; NaN before the first.",
    f"model_evaluation_timestamp_seconds {WITH_MODEL}",
)
EVALUATION_AGE = Query(
    "Age of the last evaluation by model",
    "seconds",
    "Time since the last published evaluation; NaN before the first.",
    f"time() - {EVALUATED_AT.template}",
)
EVALUATED_ROWS = Query(
    "Evaluated rows by model",
    "rows",
    "Current rows in the last published evaluation.",
    f"model_evaluation_rows {WITH_MODEL}",
)
SYNTHETIC = Query(
    "Synthetic evaluation by model",
    "",
    "1 while the gauges show a synthetic evaluation, which tests the alerts.",
    f"model_evaluation_synthetic {WITH_MODEL}",
)
NEVER_EVALUATED = Query(
    "Models without an evaluation",
    "",
    "Models that were served a day ago and were never evaluated, even if the service restarted "
    "since. NaN is the only value that differs from itself.",
    "model_info and on (job, instance) "
    "(model_evaluation_timestamp_seconds != model_evaluation_timestamp_seconds) "
    "and on (job, model) last_over_time(model_info[1h] offset 1d)",
)
QUALITY_UNKNOWN = Query(
    "Models of unknown quality",
    "",
    "Evaluated models whose scores were NaN for a day, because no evaluated row had ground truth. "
    "No NaN is greater than -Inf. A restart does not reset the day.",
    "model_info and on (job, instance) (model_evaluation_timestamp_seconds > 0) "
    "and on (job) (max_over_time(model_evaluation_timestamp_seconds[1h] offset 1d) > 0) "
    "unless on (job, instance) (max_over_time(model_rmse_score[1d]) > -Inf "
    "or max_over_time(model_accuracy_score[1d]) > -Inf)",
)
FAILED_EVALUATIONS = Query(
    "Failed evaluations by model",
    "evaluations",
    "Number of evaluations that failed in the window.",
    f'increase(model_evaluations_total{{outcome="failed"}}[${{window}}]) {WITH_MODEL}',
)
WITHOUT_TRAFFIC = Query(
    "Models without traffic",
    "predictions",
    "Predictions in the day before the window, of models that made none in the window.",
    "increase(model_predictions_total[1d] offset ${window}) "
    f"{WITH_MODEL} and on (job, instance) increase(model_predictions_total[${{window}}]) == 0",
)
CONSTANT_PREDICTIONS = Query(
    "Models with almost constant predictions",
    "predictions",
    "Predictions in the window if at least 90 % are in one bucket of the histogram: no bucket's "
    "bound has between 5 % and 95 % of them below it.",
    f"increase(model_prediction_value_count[${{window}}]) {WITH_MODEL} "
    "unless on (job, instance) ((increase(model_prediction_value_bucket[${window}]) "
    "/ ignoring (le) group_left increase(model_prediction_value_count[${window}])) "
    "> 0.05 < 0.95)",
)
LOG_FAILURES = Query(
    "Rejected predictions by model",
    "predictions",
    "Predictions in the window that were rejected because they could not be logged.",
    f"increase(model_prediction_log_write_failures_total[${{window}}]) {WITH_MODEL}",
)
