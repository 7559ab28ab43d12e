"""Every query of the console, with title, unit and what it means. A query stands here once."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

from console.promql.selectors import selector

# asked by machines on a schedule, so no traffic
NO_TRAFFIC = "/metrics|/health|/ready"
# seconds long by their nature: they would hide what a client of /predict feels
LONG = f"{NO_TRAFFIC}|/evaluate|/trigger-drift"


@dataclass(frozen=True)
class Query:
    """A PromQL template: ${selector} takes matchers, ${window} the range of a rate."""

    title: str
    unit: str
    description: str
    template: str

    def render(self, labels: Mapping[str, str], window: str = "1m") -> str:
        return self.matching(selector(labels), window)

    def matching(self, matchers: str = "", window: str = "1m") -> str:
        """The query with matchers as PromQL text: `job=~"$job"` for a Grafana variable."""
        return Template(self.template).substitute(
            selector=matchers, window=window, no_traffic=NO_TRAFFIC, long=LONG
        )


MODELS = Query(
    "Models",
    "",
    "Every model that a scraped service says it serves.",
    "model_info",
)
UP = Query("Up", "", "1 when the last scrape of the service succeeded.", "max(up{${selector}})")
REQUEST_RATE = Query(
    "Requests",
    "requests/s",
    "Requests a second, without scrapes and health checks.",
    'sum(rate(api_requests_total{${selector},endpoint!~"${no_traffic}"}[${window}]))',
)
ERROR_RATIO = Query(
    "Errors",
    "ratio",
    "Share of the requests that ended in a server error (5xx).",
    '(sum(rate(api_requests_total{${selector},endpoint!~"${no_traffic}",status_code=~"5.."}'
    "[${window}])) or vector(0)) / "
    'sum(rate(api_requests_total{${selector},endpoint!~"${no_traffic}"}[${window}]))',
)
LATENCY_P95 = Query(
    "Latency, 95th percentile",
    "seconds",
    "19 of 20 requests are faster. Evaluations are left out.",
    "histogram_quantile(0.95, sum by (le) (rate("
    'api_request_duration_seconds_bucket{${selector},endpoint!~"${long}"}[${window}])))',
)
LATENCY_P50 = Query(
    "Latency, median",
    "seconds",
    "Half of the requests are faster. Evaluations are left out.",
    "histogram_quantile(0.5, sum by (le) (rate("
    'api_request_duration_seconds_bucket{${selector},endpoint!~"${long}"}[${window}])))',
)
REQUESTS_BY_ENDPOINT = Query(
    "Requests by endpoint and status",
    "requests/s",
    "Requests a second by route and status code.",
    "sum by (endpoint, status_code) (rate("
    'api_requests_total{${selector},endpoint!~"${no_traffic}"}[${window}]))',
)
RMSE = Query(
    "RMSE",
    "target units",
    "Root mean squared error of the last published evaluation.",
    "max(model_rmse_score{${selector}})",
)
MAE = Query(
    "MAE",
    "target units",
    "Mean absolute error of the last published evaluation.",
    "max(model_mae_score{${selector}})",
)
R2 = Query(
    "R2",
    "",
    "Coefficient of determination of the last published evaluation.",
    "max(model_r2_score{${selector}})",
)
MAPE = Query(
    "MAPE",
    "percent",
    "Mean absolute percentage error of the last published evaluation.",
    "max(model_mape_score{${selector}})",
)
DRIFT_DETECTED = Query(
    "Drift verdict",
    "",
    "1 drift, 0 no drift, NaN not enough data or never evaluated.",
    "max(model_drift_detected{${selector}})",
)
EVIDENTLY_DRIFT = Query(
    "Evidently's drift status",
    "",
    "1 when Evidently's share rule says drift.",
    "max(evidently_data_drift_detected_status{${selector}})",
)
DRIFT_SHARE = Query(
    "Share of drifted features",
    "ratio",
    "Of the features, in the last published evaluation.",
    "max(model_drift_share{${selector}})",
)
FEATURE_DRIFT = Query(
    "Drift score by feature",
    "score",
    "The score of each feature in the last published evaluation.",
    "max by (feature) (model_feature_drift_score{${selector}})",
)
EVALUATED_AT = Query(
    "Last evaluation",
    "epoch seconds",
    "When the last published evaluation was made; NaN before the first.",
    "max(model_evaluation_timestamp_seconds{${selector}})",
)
EVALUATED_ROWS = Query(
    "Evaluated rows",
    "rows",
    "Current rows of the last published evaluation.",
    "max(model_evaluation_rows{${selector}})",
)
SYNTHETIC = Query(
    "Synthetic evaluation",
    "",
    "1 while the gauges show an evaluation that was made to test the alerts.",
    "max(model_evaluation_synthetic{${selector}})",
)
FIRING = Query(
    "Firing alerts",
    "alerts",
    "Alerts of the service that fire now.",
    'ALERTS{${selector},alertstate="firing"}',
)
LATENCY_BUCKETS = Query(
    "Latency, all of it",
    "requests/s",
    "Requests a second by how long they took. Evaluations are left out.",
    'sum by (le) (rate(api_request_duration_seconds_bucket{${selector},endpoint!~"${long}"}'
    "[${window}]))",
)
LATENCY_BY_ENDPOINT = Query(
    "Latency by endpoint, 95th percentile",
    "seconds",
    "19 of 20 requests to a route are faster.",
    "histogram_quantile(0.95, sum by (endpoint, le) (rate("
    'api_request_duration_seconds_bucket{${selector},endpoint!~"${no_traffic}"}[${window}])))',
)
ERRORS_BY_ENDPOINT = Query(
    "Errors by endpoint",
    "ratio",
    "Share of the requests to a route that ended in a server error (5xx).",
    '(sum by (endpoint) (rate(api_requests_total{${selector},endpoint!~"${no_traffic}",'
    'status_code=~"5.."}[${window}])) or 0 * sum by (endpoint) '
    '(rate(api_requests_total{${selector},endpoint!~"${no_traffic}"}[${window}]))) / '
    'sum by (endpoint) (rate(api_requests_total{${selector},endpoint!~"${no_traffic}"}'
    "[${window}]))",
)
REQUESTS_BY_STATUS = Query(
    "Requests by status",
    "requests/s",
    "Requests a second by status code: 2xx well, 4xx the client's, 5xx the service's fault.",
    "sum by (status_code) (rate("
    'api_requests_total{${selector},endpoint!~"${no_traffic}"}[${window}]))',
)
PREDICTION_RATE = Query(
    "Predictions",
    "requests/s",
    "Predictions a second.",
    "sum(rate(model_predictions_total{${selector}}[${window}]))",
)
PREDICTION_BUCKETS = Query(
    "Predictions, their distribution",
    "requests/s",
    "Predictions a second by what was predicted, in the target's unit.",
    "sum by (le) (rate(model_prediction_value_bucket{${selector}}[${window}]))",
)
PREDICTION_MEDIAN = Query(
    "Prediction, median",
    "target units",
    "Half of the predictions are below.",
    "histogram_quantile(0.5, sum by (le) (rate("
    "model_prediction_value_bucket{${selector}}[${window}])))",
)
PREDICTION_P95 = Query(
    "Prediction, 95th percentile",
    "target units",
    "19 of 20 predictions are below.",
    "histogram_quantile(0.95, sum by (le) (rate("
    "model_prediction_value_bucket{${selector}}[${window}])))",
)
FEEDBACK = Query(
    "Truths received",
    "requests/s",
    "Truths a second; unknown_prediction names one that was never made.",
    "sum by (kind) (rate(model_feedback_total{${selector}}[${window}]))",
)
FEATURE_THRESHOLD = Query(
    "Drift threshold by feature",
    "score",
    "What the drift score of each feature is held against.",
    "max by (feature) (model_feature_drift_threshold{${selector}})",
)
EVALUATION_AGE = Query(
    "Age of the last evaluation",
    "seconds",
    "Since the last published evaluation; nothing before the first.",
    "time() - max(model_evaluation_timestamp_seconds{${selector}})",
)
EVALUATION_DURATION = Query(
    "Duration of the last evaluation",
    "seconds",
    "How long the last published evaluation took.",
    "max(model_evaluation_duration_seconds{${selector}})",
)
EVALUATIONS = Query(
    "Evaluations",
    "evaluations",
    "Evaluations that ended within the window, by outcome.",
    "sum by (outcome) (increase(model_evaluations_total{${selector}}[${window}]))",
)
LOGGED = Query(
    "Logged predictions",
    "rows",
    "Predictions that this process has committed to the log.",
    "sum(increase(model_prediction_log_rows_total{${selector}}[${window}]))",
)
STARTED_AT = Query(
    "Start of the service",
    "epoch seconds",
    "When the process began: a restart or a deployment.",
    "process_start_time_seconds{${selector}}",
)

ALL = {name: query for name, query in list(globals().items()) if isinstance(query, Query)}
