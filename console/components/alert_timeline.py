"""Computes when alerts were pending and firing, from Prometheus's series of alerts. Pure."""

from collections.abc import Sequence

import numpy as np

from console.charts import Interval
from console.series import Series

# in steps: a sample that is late by half a step does not end an interval
LONGEST_GAP = 1.5
COMMON_LABELS = ("__name__", "alertname", "alertstate", "severity", "team")


def intervals(alerts: Sequence[Series], step: float) -> list[Interval]:
    """Return an interval for each time that an alert was in a state; at least `step` seconds."""
    result = []
    for series in alerts:
        name = series.labels.get("alertname", "alert")
        state = series.labels.get("alertstate", "firing")
        labels = {key: text for key, text in series.labels.items() if key not in COMMON_LABELS}
        text = ", ".join(f"{key}={value}" for key, value in labels.items())
        result += [
            Interval(name, state, start, end, text) for start, end in stretches(series, step)
        ]
    return result


def stretches(series: Series, step: float) -> list[tuple[float, float]]:
    """Return start and end of each part of a series without gaps; at least `step` seconds."""
    breaks = np.flatnonzero(np.diff(series.times) > LONGEST_GAP * step)
    runs = np.split(series.times, breaks + 1)
    return [(float(run[0]), float(run[-1]) + step) for run in runs if run.size]
