"""recording_rules.yml and alert_rules.yml for Prometheus."""

from typing import Any

import yaml

from deployment.generate.alerts import Alert, cats_dogs, machine, model, service, watchers
from promql import cats_dogs as cats_dogs_queries
from promql import latency, objectives, traffic

HEAD = "# Written by `make generate` from promql and deployment/generate: change it there.\n"
ALERT_GROUPS: dict[str, list[Alert]] = {
    "service": service.ALERTS,
    "model": model.ALERTS,
    "cats and dogs": cats_dogs.ALERTS,
    "machine": machine.ALERTS,
    "watchers": watchers.ALERTS,
}
# a rate over hours changes slowly and reads many samples; series turn stale after 5 minutes
SLOW = {"6h": "4m", "3d": "4m"}
ALERTS_OVER_DAYS = "1m"


def alert_rules() -> str:
    """Return the YAML text of all alerts."""
    groups: list[dict[str, Any]] = []
    for name, alerts in ALERT_GROUPS.items():
        quick = [alert.rule() for alert in alerts if not alert.over_days]
        slow = [alert.rule() for alert in alerts if alert.over_days]
        groups.append({"name": name, "rules": quick})
        if slow:
            groups.append(
                {"name": f"{name} over days", "interval": ALERTS_OVER_DAYS, "rules": slow}
            )
    return dump({"groups": groups})


def recording_rules() -> str:
    """Return the YAML text of the recording rules: a group per window, in order of dependency."""
    groups = []
    for window in objectives.WINDOWS:
        rules = [
            _record(
                f"job:api_requests:rate{window}",
                traffic.REQUEST_RATE.by("job").matching(window=window),
            ),
            _record(
                f"job:api_request_errors:rate{window}",
                traffic.ERROR_RATE.by("job").matching(window=window),
            ),
            _record(
                f"job:api_request_errors_per_request:ratio_rate{window}",
                objectives.ERROR_SHARE.matching(window=window),
            ),
        ]
        if window == "5m":
            name = f"job_le:api_request_duration_seconds_bucket:rate{window}"
            rules.append(_record(name, latency.LATENCY_BUCKETS.by("job").matching(window=window)))
            name = f"job_le:api_request_latency_seconds_bucket:rate{window}"
            rules.append(_record(name, latency.CHURN_BUCKETS.by("job").matching(window=window)))
        interval = {"interval": SLOW[window]} if window in SLOW else {}
        groups.append({"name": f"requests {window}", **interval, "rules": rules})
    return dump({"groups": [*groups, *_cats_dogs()]})


def _cats_dogs() -> list[dict[str, Any]]:
    """Return the group of ratios and the group of counts over an hour."""
    ratios = [
        _record(
            "job:cv_low_confidence_per_prediction:ratio_increase10m",
            cats_dogs_queries.LOW_CONFIDENCE_RATIO.by("job").matching(window="10m"),
        ),
        _record(
            "job:cv_negative_votes_per_vote:ratio_increase10m",
            cats_dogs_queries.NEGATIVE_SHARE.by("job").matching(window="10m"),
        ),
    ]
    requests = _record(
        "job:cv_requests:increase1h",
        cats_dogs_queries.PREDICTIONS.by("job").matching(window="1h"),
    )
    return [
        {"name": "cats and dogs 10m", "rules": ratios},
        {"name": "cats and dogs 1h", "interval": "1m", "rules": [requests]},
    ]


def dump(content: Any) -> str:
    """Return YAML in the order of the content, after a line that names the source."""
    return HEAD + yaml.safe_dump(content, sort_keys=False, width=10_000, allow_unicode=True)


def _record(name: str, expression: str) -> dict[str, str]:
    return {"record": name, "expr": expression}
