"""Alerts on what clients of the API notice."""

from deployment.generate.alerts import COUNT, Alert
from promql import by_model, cats_dogs, objectives, scrape_targets
from promql.objectives import LATENCY_SECONDS, MIN_REQUESTS_PER_SECOND, OBJECTIVE

ENOUGH_TRAFFIC = f"{objectives.RECORDED_REQUESTS.matching(window='5m')} > {MIN_REQUESTS_PER_SECOND}"
# one failure of two requests does not fire; a service with little traffic that always fails does
ENOUGH_FAILURES = (
    f"{objectives.RECORDED_ERRORS.matching(window='5m')} * 300 > {objectives.MIN_ERRORS}"
)
# an outage of the database has an alert of its own; errors stay in a window of 5 minutes
DATABASE_LOST = cats_dogs.DATABASE_LOST.matching(window="5m")
# slow inference, too, and it is over before the slow answers leave the window
SLOW_INFERENCE = (
    f"{cats_dogs.MEAN_INFERENCE_TIME.by('job').matching(window='5m')} > {cats_dogs.SLOW_SECONDS:g}"
)


def _burn_rate(windows: tuple[str, str, float]) -> str:
    """Return a condition on both windows: the long one is significant, the short one is current."""
    short, long, factor = windows
    limit = f"{factor * objectives.ERROR_BUDGET:.4g}"
    return (
        f"{objectives.RECORDED_ERROR_SHARE.matching(window=long)} > {limit} "
        f"and {objectives.RECORDED_ERROR_SHARE.matching(window=short)} > {limit} "
        f"and {objectives.RECORDED_REQUESTS.matching(window=long)} > {MIN_REQUESTS_PER_SECOND}"
    )


def _describe_burn(windows: tuple[str, str, float]) -> str:
    return (
        "{value} of requests to {{ $labels.job }} failed in the last "
        f"{windows[1]}, more than {windows[2]:g} times what the objective of {OBJECTIVE:.1%} over "
        "30 days allows."
    )


def _availability(name: str, title: str, job: str, model: str) -> list[Alert]:
    """Return the alerts for a service that is down or not scraped."""
    matchers = f'job="{job}"'
    return [
        Alert(
            f"{name}Down",
            scrape_targets.DOWN.matching(matchers),
            "critical",
            "platform",
            f"The {title} is down",
            "Prometheus cannot scrape {{ $labels.instance }}. Other instances of {{ $labels.job }} "
            "that are up: {value}.{{ if eq $value 0.0 }} "
            f"The model {model} makes no predictions.{{{{ end }}}}",
            hold="15s",
            # Alertmanager inhibits alerts on the whole job only if no instance of it is up
            labels={"scope": "{{ if eq $value 0.0 }}job{{ else }}instance{{ end }}"},
        ),
        Alert(
            f"{name}NotWatched",
            # `absent` needs the name of the job
            scrape_targets.ABSENT.matching(matchers),
            "critical",
            "platform",
            f"The {title} is not monitored",
            "Prometheus has no target for the job {{ $labels.job }}. No other alert on it can "
            "fire.",
            hold="2m",
        ),
    ]


# prefix of the alert names, title, job, model
SERVICES = (
    ("BikeApi", "bike API", "bike-api", "bike-sharing"),
    ("ChurnApi", "churn API", "churn-api", "churn"),
    ("CatsDogsApi", "cats and dogs API", "cats-dogs-api", "cats-dogs"),
)
ALERTS = [
    *(alert for service in SERVICES for alert in _availability(*service)),
    Alert(
        "HighErrorRatio",
        f"{objectives.RECORDED_ERROR_SHARE.matching(window='5m')} > 0.05 and {ENOUGH_FAILURES} "
        f"unless on (job) {DATABASE_LOST}",
        "critical",
        "platform",
        "More than 5 % of requests fail",
        "{value} of requests to {{ $labels.job }} end in a server error.",
        hold="2m",
        format="humanizePercentage",
    ),
    Alert(
        "ErrorBudgetFastBurn",
        _burn_rate(objectives.FAST_BURN),
        "critical",
        "platform",
        "At this rate the monthly error budget lasts two days",
        _describe_burn(objectives.FAST_BURN),
        hold="1m",
        format="humanizePercentage",
    ),
    Alert(
        "ErrorBudgetSteadyBurn",
        _burn_rate(objectives.STEADY_BURN),
        "critical",
        "platform",
        "At this rate the monthly error budget lasts five days",
        _describe_burn(objectives.STEADY_BURN),
        hold="5m",
        format="humanizePercentage",
    ),
    Alert(
        "ErrorBudgetSlowBurn",
        _burn_rate(objectives.SLOW_BURN),
        "warning",
        "platform",
        "At this rate the error budget does not last the month",
        _describe_burn(objectives.SLOW_BURN),
        hold="30m",
        format="humanizePercentage",
    ),
    Alert(
        "HighLatency",
        f"{objectives.LATENCY_P95.matching(window='5m')} > {LATENCY_SECONDS} "
        f"and on (job) {ENOUGH_TRAFFIC} unless on (job) {SLOW_INFERENCE}",
        "warning",
        "platform",
        "The slowest 5 % of requests take more than 250 ms",
        "The 95th percentile of the latency of {{ $labels.job }}, without evaluations, is {value}.",
        hold="5m",
        format="humanizeDuration",
    ),
    Alert(
        "PredictionLogFailing",
        f"{by_model.LOG_FAILURES.matching(window='5m')} > 0 "
        f"unless on (job, instance) {DATABASE_LOST}",
        "critical",
        "platform",
        "Predictions are rejected because they cannot be logged",
        "{value} predictions of {{ $labels.model }} were rejected in 5 minutes because they could "
        "not be logged. The disk may be full.",
        # by then a lost connection to the database is scraped
        hold="15s",
        console="/?model={{ $labels.model }}",
        format=COUNT,
    ),
    Alert(
        "NoTraffic",
        f"({by_model.WITHOUT_TRAFFIC.matching(window='15m')}) > 20",
        "warning",
        "platform",
        "The model receives no requests",
        "{{ $labels.model }} made {value} predictions in the day before and none in the last 15 "
        "minutes. Clients may not reach it.",
        hold="5m",
        console="/?model={{ $labels.model }}",
        format=COUNT,
        over_days=True,
    ),
]
