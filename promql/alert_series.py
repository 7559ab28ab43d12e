"""Pending and firing alerts, from the series ALERTS that Prometheus writes."""

from promql.query import Query

FIRING = Query(
    "Firing alerts",
    "alerts",
    "Alerts that fire now. Alerts of severity none, such as the watchdog, are left out.",
    'ALERTS{${selector},alertstate="firing",severity!="none"}',
)
ALERTS_NOW = Query("Alerts", "", "Pending and firing alerts.", "ALERTS{${selector}}")
ALERTS_OVER_TIME = Query(
    "Alerts over time",
    "",
    "Pending and firing alerts. An alert shorter than a step is drawn as long as the step. Alerts "
    "of severity none, such as the watchdog, are left out.",
    'max_over_time(ALERTS{severity!="none",${selector}}[${window}])',
)
