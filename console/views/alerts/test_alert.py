"""The steps of a test alert, read from what Prometheus and Alertmanager know of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from console.series import Series

STEPS = ("injected", "scraped", "pending", "firing", "notified", "resolved")


@dataclass(frozen=True)
class Step:
    """A step with its time in epoch seconds; None: not yet."""

    name: str
    at: float | None
    text: str


def steps(
    injected_at: float,
    synthetic: Sequence[Series],
    alerts: Sequence[Series],
    held: Sequence[dict[str, Any]],
    now: float,
    step_seconds: float,
) -> list[Step]:
    """`synthetic` is the gauge and `alerts` is ALERTS of the job since the injection, `held` what
    Alertmanager holds of the job now. Alerts that fired before are not taken for ours."""
    fresh = [series for series in alerts if series.times.size]
    pending, firing = (
        [series for series in fresh if series.labels.get("alertstate") == state]
        for state in ("pending", "firing")
    )
    scraped_at = _first([series for series in synthetic if series.values.max(initial=0) == 1], 1)
    firing_at = _first(firing)
    pending_at = _first(pending)
    if pending_at is None and firing_at is not None:
        pending_at = firing_at
    names = sorted({series.labels.get("alertname", "") for series in firing or pending})
    told = [alert for alert in held if alert["labels"].get("alertname") in names]
    receivers = sorted({item["name"] for alert in told for item in alert.get("receivers", [])})
    last = max((float(series.times[-1]) for series in firing), default=None)
    over = last is not None and now - last > 3 * step_seconds
    notified = firing_at is not None and (bool(told) or over)
    listed = ", ".join(names)
    return [
        Step("injected", injected_at, "A synthetic evaluation was published."),
        Step("scraped", scraped_at, "Prometheus scraped it."),
        Step("pending", pending_at, listed),
        Step("firing", firing_at, listed),
        Step(
            "notified",
            firing_at if notified else None,
            f"Sent to {', '.join(receivers)}." if told else "",
        ),
        Step("resolved", last + step_seconds if last is not None and over else None, ""),
    ]


def _first(found: Sequence[Series], value: float | None = None) -> float | None:
    """The earliest time at which one of the series has a sample (of that value)."""
    moments = []
    for series in found:
        hit = series.times if value is None else series.times[np.equal(series.values, value)]
        if hit.size:
            moments.append(float(hit[0]))
    return min(moments, default=None)
