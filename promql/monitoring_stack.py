"""The watchers themselves: targets, Prometheus, Alertmanager, and the processes they watch."""

from promql import one_model
from promql.one_model import Query

TARGETS = Query("Targets", "", "1 for each target whose last scrape succeeded.", "up{${selector}}")
DOWN = Query(
    "Targets that are down",
    "",
    "How many other targets of its job answer, for each that does not.",
    "(up{${selector}} == 0) + on (job) group_left sum by (job) (up{${selector}})",
)
ABSENT = Query("No target", "", "1 when no target matches at all.", "absent(up{${selector}})")
TARGET_CHANGES = Query(
    "Changes of a target",
    "changes",
    "How often a target went up or down within the window.",
    "changes(up{${selector}}[${window}])",
)
PROCESS_CPU = one_model.PROCESS_CPU
PROCESS_MEMORY = one_model.PROCESS_MEMORY
PROMETHEUS_REFUSED_CONFIG = Query(
    "Prometheus refused its configuration",
    "",
    "0 when the last reload failed and the old configuration is in force.",
    "prometheus_config_last_reload_successful",
)
ALERTMANAGER_REFUSED_CONFIG = Query(
    "Alertmanager refused its configuration",
    "",
    "0 when the last reload failed and the old configuration is in force.",
    "alertmanager_config_last_reload_successful",
)
RULE_FAILURES = Query(
    "Failed rule evaluations",
    "evaluations",
    "Rule evaluations that failed within the window, by group.",
    "increase(prometheus_rule_evaluation_failures_total[${window}])",
)
ALERTMANAGERS = Query(
    "Alertmanagers",
    "",
    "Alertmanagers that Prometheus knows and notifies.",
    "prometheus_notifications_alertmanagers_discovered",
)
UNSENT_ALERTS = Query(
    "Alerts that reached no Alertmanager",
    "alerts",
    "Failures to send within the window, of the Alertmanager that took the most: with two of them "
    "one is enough.",
    "min by (job, instance) (increase(prometheus_notifications_errors_total[${window}]))",
)
FAILED_NOTIFICATIONS = Query(
    "Failed notifications",
    "notifications",
    "Notifications that Alertmanager could not deliver within the window.",
    "increase(alertmanager_notifications_failed_total[${window}])",
)
SERIES = Query("Series", "series", "Series in Prometheus's head.", "prometheus_tsdb_head_series")
SAMPLES = Query(
    "Samples",
    "samples/s",
    "Samples that Prometheus takes in a second.",
    "rate(prometheus_tsdb_head_samples_appended_total[${window}])",
)
ALWAYS = Query("Always", "", "Fires as long as Prometheus evaluates rules.", "vector(1)")

ALL = {name: query for name, query in list(globals().items()) if isinstance(query, Query)}
