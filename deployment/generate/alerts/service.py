"""Alerts of the service that a client of the API would feel."""

from deployment.generate.alerts import COUNT, Alert
from promql import by_model, objectives, scrape_targets
from promql.objectives import LATENCY_SECONDS, LEAST_REQUESTS_PER_SECOND, OBJECTIVE

ENOUGH = f"{objectives.RECORDED_REQUESTS.matching(window='5m')} > {LEAST_REQUESTS_PER_SECOND}"


# so that one failure of two is no alarm, and a service that is asked little and fails always is one
FAILURES = f"{objectives.RECORDED_ERRORS.matching(window='5m')} * 300 > {objectives.LEAST_ERRORS}"


def _burns(windows: tuple[str, str, float]) -> str:
    """Both windows past the rate: the long one says that it matters, the short that it goes on."""
    short, long, factor = windows
    limit = f"{factor * objectives.ERROR_BUDGET:.4g}"
    return (
        f"{objectives.RECORDED_ERROR_SHARE.matching(window=long)} > {limit} "
        f"and {objectives.RECORDED_ERROR_SHARE.matching(window=short)} > {limit} "
        f"and {objectives.RECORDED_REQUESTS.matching(window=long)} > {LEAST_REQUESTS_PER_SECOND}"
    )


def _spent(windows: tuple[str, str, float]) -> str:
    return (
        "{value} of the requests to {{ $labels.job }} failed within "
        f"{windows[1]}: past {windows[2]:g} times the rate that {OBJECTIVE:.1%} in 30 days "
        "allow."
    )


def _of_service(name: str, title: str, job: str, model: str) -> list[Alert]:
    """That a service is down, and that nobody would notice: `absent` needs the job's name."""
    matchers = f'job="{job}"'
    return [
        Alert(
            f"{name}Down",
            scrape_targets.DOWN.matching(matchers),
            "critical",
            "platform",
            f"The {title} does not answer",
            "Prometheus can't scrape {{ $labels.instance }}; {value} others of its job answer"
            f"{{{{ if eq $value 0.0 }}}}: the model {model} answers no predictions{{{{ end }}}}.",
            hold="15s",
            # Alertmanager holds back what is said of the whole job only where nothing of it is left
            labels={"scope": "{{ if eq $value 0.0 }}job{{ else }}instance{{ end }}"},
        ),
        Alert(
            f"{name}NotWatched",
            scrape_targets.ABSENT.matching(matchers),
            "critical",
            "platform",
            f"Nobody watches the {title}",
            "Prometheus has no target for the job {{ $labels.job }}: whether it answers, nobody "
            "knows.",
            hold="2m",
        ),
    ]


# the name of its alerts, title, job, model
SERVICES = (
    ("BikeApi", "bike API", "bike-api", "bike-sharing"),
    ("ChurnApi", "churn API", "churn-api", "churn"),
)
ALERTS = [
    *(alert for service in SERVICES for alert in _of_service(*service)),
    Alert(
        "HighErrorRatio",
        f"{objectives.RECORDED_ERROR_SHARE.matching(window='5m')} > 0.05 and {FAILURES}",
        "critical",
        "platform",
        "More than 5 % of the requests fail",
        "{value} of the requests to {{ $labels.job }} end in a server error.",
        hold="2m",
        format="humanizePercentage",
    ),
    Alert(
        "ErrorBudgetFastBurn",
        _burns(objectives.FAST_BURN),
        "critical",
        "platform",
        "The month's error budget is gone in two days at this rate",
        _spent(objectives.FAST_BURN),
        hold="1m",
        format="humanizePercentage",
    ),
    Alert(
        "ErrorBudgetSteadyBurn",
        _burns(objectives.STEADY_BURN),
        "critical",
        "platform",
        "The month's error budget is gone in five days at this rate",
        _spent(objectives.STEADY_BURN),
        hold="5m",
        format="humanizePercentage",
    ),
    Alert(
        "ErrorBudgetSlowBurn",
        _burns(objectives.SLOW_BURN),
        "warning",
        "platform",
        "The month's error budget will not last the month",
        _spent(objectives.SLOW_BURN),
        hold="30m",
        format="humanizePercentage",
    ),
    Alert(
        "HighLatency",
        f"{objectives.LATENCY_P95.matching(window='5m')} > {LATENCY_SECONDS} and on (job) {ENOUGH}",
        "warning",
        "platform",
        "The slowest 5 % of the requests take more than 250 ms",
        "The 95th percentile of {{ $labels.job }} without evaluations is {value}.",
        hold="5m",
        format="humanizeDuration",
    ),
    Alert(
        "PredictionLogFailing",
        f"{by_model.LOG_FAILURES.matching(window='5m')} > 0",
        "critical",
        "platform",
        "Predictions can't be committed to the log",
        "{value} predictions of {{ $labels.model }} were refused in 5 minutes: the disk may be "
        "full.",
        console="/?model={{ $labels.model }}",
        format=COUNT,
    ),
    Alert(
        "NoTraffic",
        f"({by_model.WITHOUT_TRAFFIC.matching(window='15m')}) > 20",
        "warning",
        "platform",
        "No predictions are asked for any more",
        "{{ $labels.model }} answered {value} predictions in the day before, and none for 15 "
        "minutes: its clients may not reach it.",
        hold="5m",
        console="/?model={{ $labels.model }}",
        format=COUNT,
        over_days=True,
    ),
]
