"""Alerts on the monitoring itself: broken monitoring looks like a healthy system."""

from deployment.generate.alerts import COUNT, Alert
from deployment.generate.alerts.service import SERVICES
from promql import monitoring_stack, scrape_targets

# the services have their own alerts
OTHERS = f'job!~"{"|".join(job for _, _, job, _ in SERVICES)}"'
ANY = 'job!=""'

ALERTS = [
    Alert(
        "TargetDown",
        f"{scrape_targets.UP.matching(OTHERS)} == 0",
        "warning",
        "platform",
        "A target is down",
        "Prometheus cannot scrape {{ $labels.job }} at {{ $labels.instance }} (up is {value}).",
        hold="1m",
    ),
    Alert(
        "TargetFlapping",
        f"{scrape_targets.CHANGES.matching(ANY, '15m')} > 4",
        "warning",
        "platform",
        "A target goes up and down",
        "{{ $labels.job }} at {{ $labels.instance }} went up or down {value} times in 15 minutes.",
        hold="1m",
    ),
    Alert(
        "PrometheusConfigRefused",
        f"{monitoring_stack.PROMETHEUS_CONFIG_LOADED.matching()} == 0",
        "warning",
        "platform",
        "Prometheus uses an old configuration",
        "{{ $labels.instance }} rejected its configuration at the last reload (success: {value}).",
        hold="1m",
    ),
    Alert(
        "AlertmanagerConfigRefused",
        f"{monitoring_stack.ALERTMANAGER_CONFIG_LOADED.matching()} == 0",
        "warning",
        "platform",
        "Alertmanager uses an old configuration",
        "{{ $labels.instance }} rejected its configuration at the last reload (success: {value}).",
        hold="1m",
    ),
    Alert(
        "RulesFailing",
        f"{monitoring_stack.RULE_FAILURES.matching(window='5m')} > 0",
        "critical",
        "platform",
        "Alert rules are not evaluated",
        "{value} evaluations of {{ $labels.rule_group }} failed in 5 minutes. Its alerts may not "
        "fire.",
        format=COUNT,
    ),
    Alert(
        "AlertmanagerNotReached",
        f"{monitoring_stack.ALERTMANAGERS.matching()} < 1 "
        f"or on (instance) {monitoring_stack.UNSENT_ALERTS.matching(window='2m')} > 0",
        "critical",
        "platform",
        "Alerts do not reach Alertmanager",
        "{{ $labels.instance }} cannot send alerts to an Alertmanager (value {value}). No "
        "notifications are sent.",
        # the watchdog is sent every minute: by then a single failure has left the window
        hold="2m",
    ),
    Alert(
        "NotificationsFailing",
        f"{monitoring_stack.FAILED_NOTIFICATIONS.matching(window='5m')} > 0",
        "critical",
        "platform",
        "Notifications are not delivered",
        "{value} notifications by {{ $labels.integration }} failed in 5 minutes.",
        format=COUNT,
    ),
    Alert(
        "Watchdog",
        monitoring_stack.ALWAYS.matching(),
        "none",
        "platform",
        "Alerting works from Prometheus to the receiver",
        "This alert always fires. If a receiver does not get it for 15 minutes, alerting is broken "
        "(value {value}).",
    ),
]
