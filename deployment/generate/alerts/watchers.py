"""Alerts of what watches: a silent watcher looks like a quiet night."""

from deployment.generate.alerts import COUNT, Alert
from deployment.generate.alerts.service import SERVICES
from promql import monitoring_stack, scrape_targets

# the services have alerts of their own
OTHERS = f'job!~"{"|".join(job for _, _, job, _ in SERVICES)}"'
ANY = 'job!=""'

ALERTS = [
    Alert(
        "TargetDown",
        f"{scrape_targets.UP.matching(OTHERS)} == 0",
        "warning",
        "platform",
        "A target of Prometheus does not answer",
        "Prometheus can't scrape {{ $labels.job }} at {{ $labels.instance }} (up is {value}).",
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
        "Prometheus goes on with an old configuration",
        "{{ $labels.instance }} refused its files at the last reload (successful is {value}).",
        hold="1m",
    ),
    Alert(
        "AlertmanagerConfigRefused",
        f"{monitoring_stack.ALERTMANAGER_CONFIG_LOADED.matching()} == 0",
        "warning",
        "platform",
        "Alertmanager goes on with an old configuration",
        "{{ $labels.instance }} refused its files at the last reload (successful is {value}).",
        hold="1m",
    ),
    Alert(
        "RulesFailing",
        f"{monitoring_stack.RULE_FAILURES.matching(window='5m')} > 0",
        "critical",
        "platform",
        "Alerts are not evaluated",
        "{value} evaluations of {{ $labels.rule_group }} failed in 5 minutes: its alerts are "
        "blind.",
        format=COUNT,
    ),
    Alert(
        "AlertmanagerNotReached",
        f"{monitoring_stack.ALERTMANAGERS.matching()} < 1 "
        f"or on (instance) {monitoring_stack.UNSENT_ALERTS.matching(window='2m')} > 0",
        "critical",
        "platform",
        "Alerts do not reach Alertmanager",
        "{{ $labels.instance }} has no Alertmanager that takes its alerts ({value}): nobody is "
        "notified.",
        # the watchdog is sent once a minute: a single failure is no longer in the window by then
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
        "The way from Prometheus to the receiver works",
        "Always on: a receiver that hears nothing of it for 15 minutes raises the alarm (value "
        "{value}).",
    ),
]
