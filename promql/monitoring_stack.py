"""Prometheus and Alertmanager themselves."""

from promql.query import Query

PROMETHEUS_CONFIG_LOADED = Query(
    "Prometheus configuration loaded",
    "",
    "0 if the last reload failed and the previous configuration is in use.",
    "prometheus_config_last_reload_successful",
)
ALERTMANAGER_CONFIG_LOADED = Query(
    "Alertmanager configuration loaded",
    "",
    "0 if the last reload failed and the previous configuration is in use.",
    "alertmanager_config_last_reload_successful",
)
RULE_FAILURES = Query(
    "Failed rule evaluations",
    "evaluations",
    "Rule evaluations that failed in the window, by group.",
    "increase(prometheus_rule_evaluation_failures_total{${selector}}[${window}])",
)
QUERY_DURATION = Query(
    "Query duration, 90th percentile",
    "seconds",
    "Prometheus evaluates 90 % of queries faster.",
    'prometheus_engine_query_duration_seconds{quantile="0.9",slice="inner_eval",${selector}}',
)
SERIES = Query(
    "Series in memory",
    "series",
    "Series in Prometheus's head block.",
    "prometheus_tsdb_head_series{${selector}}",
)
SAMPLES = Query(
    "Samples ingested",
    "samples/s",
    "Samples that Prometheus appends per second.",
    "rate(prometheus_tsdb_head_samples_appended_total{${selector}}[${window}])",
)
STORAGE = Query(
    "Storage on disk",
    "bytes",
    "Size of Prometheus's blocks.",
    "prometheus_tsdb_storage_blocks_bytes{${selector}}",
)
ALERTMANAGERS = Query(
    "Alertmanagers",
    "",
    "Alertmanagers that Prometheus discovered.",
    "prometheus_notifications_alertmanagers_discovered",
)
UNSENT_ALERTS = Query(
    "Alerts not sent to Alertmanager",
    "alerts",
    "Failed sends in the window, of the Alertmanager with the fewest failures: one that accepts "
    "alerts is enough.",
    "min by (job, instance) (increase(prometheus_notifications_errors_total[${window}]))",
)
NOTIFICATIONS_DROPPED = Query(
    "Notifications dropped",
    "notifications",
    "Alerts that did not reach an Alertmanager in the window.",
    "sum(increase(prometheus_notifications_dropped_total{${selector}}[${window}]))",
)
FAILED_NOTIFICATIONS = Query(
    "Failed notifications",
    "notifications",
    "Notifications that Alertmanager failed to deliver in the window.",
    "increase(alertmanager_notifications_failed_total[${window}])",
)
ALWAYS = Query("Watchdog", "", "Fires while Prometheus evaluates rules.", "vector(1)")
