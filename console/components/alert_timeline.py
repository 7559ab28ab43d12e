"""When alerts were pending and firing, from the series that Prometheus keeps of them. Pure."""

from collections.abc import Sequence

import numpy as np

from console.charts import Interval
from console.series import Series

# a sample that is late by half a step does not end an interval
GAP = 1.5
SHOWN_ELSEWHERE = ("__name__", "alertname", "alertstate", "severity", "team")


def intervals(found: Sequence[Series], step: float) -> list[Interval]:
    """A bar for every stretch of an alert in a state; a stretch is at least a step long."""
    made = []
    for series in found:
        name = series.labels.get("alertname", "alert")
        state = series.labels.get("alertstate", "firing")
        rest = {key: text for key, text in series.labels.items() if key not in SHOWN_ELSEWHERE}
        text = ", ".join(f"{key}={value}" for key, value in rest.items())
        made += [Interval(name, state, start, end, text) for start, end in stretches(series, step)]
    return made


def stretches(series: Series, step: float) -> list[tuple[float, float]]:
    """From when to when a series was there without a gap; at least a step each."""
    breaks = np.flatnonzero(np.diff(series.times) > GAP * step)
    runs = np.split(series.times, breaks + 1)
    return [(float(run[0]), float(run[-1]) + step) for run in runs if run.size]
