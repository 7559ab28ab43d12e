"""Every query of the console, with title, unit and what it means. A query stands here once."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

from promql.selectors import selector

# asked by machines on a schedule, so no traffic
NO_TRAFFIC = "/metrics|/health|/ready"
# seconds long by their nature: they would hide what a client of /predict feels
LONG = f"{NO_TRAFFIC}|/evaluate|/trigger-drift"


def of_one_model(names: str) -> str:
    """Names of models as the right side of a join: of instances that have one name alone.

    A join with two names of one instance would be refused, and with it the whole query: one service
    that serves two models would take the alerts of all others with it.
    """
    return f"({names} unless on (job, instance) count by (job, instance) ({names}) > 1)"


# two versions of a model stand beside each other for minutes after a deployment: its name is one
NAMES = "max by (job, instance, model) (model_info)"
# gives the series of a service the model that it serves
MODEL = f"on (job, instance) group_left (model) {of_one_model(NAMES)}"


@dataclass(frozen=True)
class Query:
    """A PromQL template: ${selector} takes matchers, ${window} the range of a rate, ${model} joins
    the model."""

    title: str
    unit: str
    description: str
    template: str

    def render(
        self,
        labels: Mapping[str, str | tuple[str, ...]],
        window: str = "1m",
        le: str = "0.25",
    ) -> str:
        """`le` is the bound of a histogram's bucket, for the queries that count by one."""
        return self.matching(selector(labels), window, le)

    def matching(self, matchers: str = "", window: str = "1m", le: str = "0.25") -> str:
        """The query with matchers as PromQL text: `job=~"$job"` for a Grafana variable."""
        return Template(self.template).substitute(
            selector=matchers, window=window, le=le, no_traffic=NO_TRAFFIC, long=LONG, model=MODEL
        )

    @property
    def rated(self) -> bool:
        """Whether it looks back over a window."""
        return "${window}" in self.template


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
LATENCY_P99 = Query(
    "Latency, 99th percentile",
    "seconds",
    "99 of 100 requests are faster. Evaluations are left out.",
    "histogram_quantile(0.99, sum by (le) (rate("
    'api_request_duration_seconds_bucket{${selector},endpoint!~"${long}"}[${window}])))',
)
LATENCY_BUCKETS = Query(
    "Latency of all requests",
    "requests/s",
    "Requests a second by duration, up to the bound of each bucket. Evaluations are left out.",
    "sum by (le) (rate("
    'api_request_duration_seconds_bucket{${selector},endpoint!~"${long}"}[${window}]))',
)
SLOW_RATIO = Query(
    "Slow requests",
    "ratio",
    "Share of the requests that took longer than the target. Evaluations are left out.",
    "1 - sum(rate("
    'api_request_duration_seconds_bucket{${selector},endpoint!~"${long}",le="${le}"}[${window}]'
    ")) / "
    'sum(rate(api_request_duration_seconds_count{${selector},endpoint!~"${long}"}[${window}]))',
)
REQUEST_COUNT = Query(
    "Requests in the window",
    "requests",
    "Requests answered, without scrapes and health checks.",
    'sum(increase(api_requests_total{${selector},endpoint!~"${no_traffic}"}[${window}]))',
)
VERSIONS = Query(
    "Versions",
    "",
    "Which version of the model served when: a change is a deploy.",
    "max by (version) (model_info{${selector}})",
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
FEATURE_THRESHOLD = Query(
    "Drift threshold by feature",
    "score",
    "What the score of each feature is held against.",
    "max by (feature) (model_feature_drift_threshold{${selector}})",
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
PREDICTIONS_MADE = Query(
    "Predictions",
    "predictions",
    "Predictions answered in the window.",
    "sum(increase(model_predictions_total{${selector}}[${window}]))",
)
TRUTHS_KNOWN = Query(
    "Truths",
    "predictions",
    "Truths that came for predictions in the window.",
    'sum(increase(model_feedback_total{kind="truth",${selector}}[${window}]))',
)
FIRING = Query(
    "Firing alerts",
    "alerts",
    "Alerts of the service that fire now.",
    'ALERTS{${selector},alertstate="firing",severity!="none"}',
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

ALERTS_OVER_TIME = Query(
    "Alerts over time",
    "",
    "Pending and firing alerts; one that was shorter than a step shows for the step. A watchdog, "
    "of severity none, always fires and is left out.",
    'max_over_time(ALERTS{severity!="none",${selector}}[${window}])',
)
ALERTS_NOW = Query("Alerts", "", "Pending and firing alerts.", "ALERTS{${selector}}")

# one query for all models: a row each on the Overview
FLEET_UP = Query(
    "Up",
    "",
    "1 when the last scrape of a service succeeded.",
    "max by (job, instance) (up)",
)
FLEET_REQUESTS = Query(
    "Requests",
    "requests/s",
    "Requests a second of each model, without scrapes and health checks.",
    'sum by (model) (rate(api_requests_total{endpoint!~"${no_traffic}"}[${window}]) * ${model})',
)
FLEET_ERRORS = Query(
    "Errors",
    "requests/s",
    "Requests a second that ended in a server error (5xx), by model.",
    "sum by (model) (rate("
    'api_requests_total{endpoint!~"${no_traffic}",status_code=~"5.."}[${window}]) * ${model})',
)
FLEET_P95 = Query(
    "Latency, 95th percentile",
    "seconds",
    "19 of 20 requests of the model are faster. Evaluations are left out.",
    "histogram_quantile(0.95, sum by (model, le) (rate("
    'api_request_duration_seconds_bucket{endpoint!~"${long}"}[${window}]) * ${model}))',
)
FLEET_RMSE = Query(
    "RMSE",
    "target units",
    "Root mean squared error of the last published evaluation of each model.",
    "max by (model) (model_rmse_score * ${model})",
)
FLEET_ROC_AUC = Query(
    "ROC AUC",
    "score",
    "How well each classifier's probability ranks, in its last published evaluation.",
    "max by (model) (model_roc_auc_score * ${model})",
)
FLEET_DRIFT_DETECTED = Query(
    "Drift verdict",
    "",
    "1 drift, 0 no drift, NaN not enough data or never evaluated.",
    "max by (model) (model_drift_detected * ${model})",
)
FLEET_DRIFT_SHARE = Query(
    "Share of drifted features",
    "ratio",
    "Of the features of each model, in its last published evaluation.",
    "max by (model) (model_drift_share * ${model})",
)
FLEET_EVALUATED_AT = Query(
    "Last evaluation",
    "epoch seconds",
    "When the last published evaluation of each model was made.",
    "max by (model) (model_evaluation_timestamp_seconds * ${model})",
)
FLEET_ROWS = Query(
    "Evaluated rows",
    "rows",
    "Current rows of the last published evaluation of each model.",
    "max by (model) (model_evaluation_rows * ${model})",
)
FLEET_SYNTHETIC = Query(
    "Synthetic evaluation",
    "",
    "1 while a model's gauges show an evaluation made to test the alerts.",
    "max by (model) (model_evaluation_synthetic * ${model})",
)
FLEET_ALERTS = Query(
    "Firing alerts",
    "alerts",
    "Alerts that fire now, by the job that they are about.",
    'count by (job, model) (ALERTS{alertstate="firing",severity!="none"})',
)

# the machines, and Prometheus itself
CPU_BUSY = Query(
    "CPU busy",
    "ratio",
    "Share of the time that the processors of a machine did not idle.",
    '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",${selector}}[${window}]))',
)
LOAD = Query(
    "Load",
    "",
    "Processes that run or wait, averaged over a minute.",
    "node_load1{${selector}}",
)
CORES = Query(
    "Cores",
    "cores",
    "Processors of a machine.",
    'count by (instance) (node_cpu_seconds_total{mode="idle",${selector}})',
)
MEMORY_USED = Query(
    "Memory used",
    "ratio",
    "Share of the memory that is not available to new work.",
    "1 - node_memory_MemAvailable_bytes{${selector}} / node_memory_MemTotal_bytes{${selector}}",
)
MEMORY_TOTAL = Query(
    "Memory",
    "bytes",
    "Memory of a machine.",
    "node_memory_MemTotal_bytes{${selector}}",
)
# file systems that have a disk of their own behind them
REAL_DISKS = '{${selector},fstype!~"tmpfs|ramfs|devtmpfs|squashfs|iso9660|nsfs"}'
DISK_USED = Query(
    "Disk used",
    "ratio",
    "Share of each file system that is full.",
    f"max by (instance, mountpoint) (1 - node_filesystem_avail_bytes{REAL_DISKS} / "
    f"node_filesystem_size_bytes{REAL_DISKS})",
)
DISK_FREE = Query(
    "Disk free",
    "bytes",
    "Bytes of each file system that can be written by users.",
    f"max by (instance, mountpoint) (node_filesystem_avail_bytes{REAL_DISKS})",
)
DISK_READ = Query(
    "Disk read",
    "bytes/s",
    "Bytes a second read from all disks of a machine.",
    "sum by (instance) (rate(node_disk_read_bytes_total{${selector}}[${window}]))",
)
DISK_WRITTEN = Query(
    "Disk written",
    "bytes/s",
    "Bytes a second written to all disks of a machine.",
    "sum by (instance) (rate(node_disk_written_bytes_total{${selector}}[${window}]))",
)
NETWORK_IN = Query(
    "Network in",
    "bytes/s",
    "Bytes a second received, without the loopback.",
    "sum by (instance) ("
    'rate(node_network_receive_bytes_total{device!="lo",${selector}}[${window}]))',
)
NETWORK_OUT = Query(
    "Network out",
    "bytes/s",
    "Bytes a second sent, without the loopback.",
    "sum by (instance) ("
    'rate(node_network_transmit_bytes_total{device!="lo",${selector}}[${window}]))',
)
PROCESS_MEMORY = Query(
    "Memory by process",
    "bytes",
    "Resident memory of each scraped process.",
    "process_resident_memory_bytes{${selector}}",
)
PROCESS_CPU = Query(
    "CPU by process",
    "cores",
    "Processors that each scraped process keeps busy.",
    "rate(process_cpu_seconds_total{${selector}}[${window}])",
)
HEAD_SERIES = Query(
    "Series in memory",
    "series",
    "Series that Prometheus holds in its head block.",
    "prometheus_tsdb_head_series{${selector}}",
)
SAMPLES_TAKEN = Query(
    "Samples taken in",
    "samples/s",
    "Samples a second that Prometheus appends.",
    "rate(prometheus_tsdb_head_samples_appended_total{${selector}}[${window}])",
)
SCRAPE_SECONDS = Query(
    "Scrape duration",
    "seconds",
    "How long the scrape of each target takes.",
    "max by (job) (scrape_duration_seconds{${selector}})",
)
QUERY_SECONDS = Query(
    "Query duration, 90th percentile",
    "seconds",
    "Nine of ten queries are evaluated faster by Prometheus.",
    'prometheus_engine_query_duration_seconds{quantile="0.9",slice="inner_eval",${selector}}',
)
RULE_FAILURES = Query(
    "Failed rule evaluations",
    "failures",
    "Rule evaluations that failed in the window.",
    "sum(increase(prometheus_rule_evaluation_failures_total{${selector}}[${window}]))",
)
NOTIFICATIONS_DROPPED = Query(
    "Notifications dropped",
    "notifications",
    "Alerts that did not reach an Alertmanager in the window.",
    "sum(increase(prometheus_notifications_dropped_total{${selector}}[${window}]))",
)
STORAGE = Query(
    "Storage on disk",
    "bytes",
    "Bytes that the blocks of Prometheus take.",
    "prometheus_tsdb_storage_blocks_bytes{${selector}}",
)

ALL = {name: query for name, query in list(globals().items()) if isinstance(query, Query)}
