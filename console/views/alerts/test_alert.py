"""Reads the steps of a test alert from Prometheus and Alertmanager data. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from console.series import Series

STEPS = ("injected", "scraped", "pending", "firing", "notified", "resolved")


@dataclass(frozen=True)
class Step:
    """A step with its time in epoch seconds; None if it has not happened yet."""

    name: str
    at: float | None
    text: str


def build_steps(
    injected_at: float,
    synthetic: Sequence[Series],
    alerts: Sequence[Series],
    alertmanager_alerts: Sequence[dict[str, Any]],
    now: float,
    step_seconds: float,
) -> list[Step]:
    """Return the steps of a test alert, in their order.

    `synthetic` is the gauge that marks a synthetic evaluation and `alerts` the ALERTS series of the
    job, both since the injection and without alerts that fired before. `alertmanager_alerts` are
    the alerts of the job that Alertmanager has now. Times are epoch seconds.
    """
    new_alerts = [series for series in alerts if series.times.size]
    pending, firing = (
        [series for series in new_alerts if series.labels.get("alertstate") == state]
        for state in ("pending", "firing")
    )
    scraped_at = _find_first(synthetic, 1)
    firing_at = _find_first(firing)
    pending_at = _find_first(pending)
    if pending_at is None and firing_at is not None:
        pending_at = firing_at
    names = sorted({series.labels.get("alertname", "") for series in firing or pending})
    routed = [alert for alert in alertmanager_alerts if alert["labels"].get("alertname") in names]
    receivers = sorted({item["name"] for alert in routed for item in alert.get("receivers", [])})
    last = max((float(series.times[-1]) for series in firing), default=None)
    ended = last is not None and now - last > 3 * step_seconds
    notified_at = firing_at if routed or ended else None
    resolved_at = last + step_seconds if last is not None and ended else None
    return [
        Step("injected", injected_at, "A synthetic evaluation was published."),
        Step("scraped", scraped_at, "Prometheus scraped it."),
        Step("pending", pending_at, ", ".join(names)),
        Step("firing", firing_at, ", ".join(names)),
        Step("notified", notified_at, f"Routed to {', '.join(receivers)}." if routed else ""),
        Step("resolved", resolved_at, ""),
    ]


def _find_first(series_list: Sequence[Series], value: float | None = None) -> float | None:
    """Return the earliest time at which one of the series has a sample (with this value)."""
    moments = []
    for series in series_list:
        times = series.times if value is None else series.times[np.equal(series.values, value)]
        if times.size:
            moments.append(float(times[0]))
    return min(moments, default=None)
