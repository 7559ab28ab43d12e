"""Evaluates a rule over the past and writes it as a Prometheus rules file. Pure."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from console.components.alert_timeline import LONGEST_GAP
from console.series import Series, Span

MAX_POINTS_PER_QUERY = 10_000
MAX_STEPS = 20_000
SHORTEST_STEP_SECONDS = 5


@dataclass(frozen=True)
class AlertInterval:
    """A time in which the expression returned a series, from `start` to `end` (epoch seconds)."""

    labels: dict[str, str]
    start: float
    end: float
    # None: pending, but too short to fire
    fired_at: float | None

    @property
    def name(self) -> str:
        """Return the labels of the series as text."""
        rest = {key: value for key, value in self.labels.items() if key != "__name__"}
        return ", ".join(f"{key}={value}" for key, value in rest.items()) or "alert"


def split_span(start: float, end: float) -> list[Span]:
    """Split the time into parts that Prometheus accepts in one query each."""
    step = max(SHORTEST_STEP_SECONDS, math.ceil((end - start) / MAX_STEPS))
    first, last = math.floor(start / step) * step, math.floor(end / step) * step
    width = step * MAX_POINTS_PER_QUERY
    parts = []
    while first <= last:
        parts.append(Span(first, min(last, first + width - step), step))
        first += width
    return parts


def join_series(parts: Sequence[Sequence[Series]]) -> list[Series]:
    """Join the series of consecutive parts by their labels."""
    by_labels: dict[tuple[tuple[str, str], ...], list[Series]] = {}
    for part in parts:
        for series in part:
            by_labels.setdefault(tuple(sorted(series.labels.items())), []).append(series)
    return [
        Series(
            dict(labels),
            np.concatenate([series.times for series in matches]),
            np.concatenate([series.values for series in matches]),
        )
        for labels, matches in by_labels.items()
    ]


def find_intervals(
    series_list: Sequence[Series], step: float, for_seconds: float
) -> list[AlertInterval]:
    """Return every interval in which the expression returned a series, in the order of time.

    This follows Prometheus: a series makes an alert pending, and the alert fires at the first
    evaluation that is at least `for_seconds` later.
    """
    intervals = []
    for series in series_list:
        breaks = np.flatnonzero(np.diff(series.times) > LONGEST_GAP * step)
        for run in np.split(series.times, breaks + 1):
            if not run.size:
                continue
            late = run[run - run[0] >= for_seconds]
            fired = float(late[0]) if late.size else None
            intervals.append(
                AlertInterval(dict(series.labels), float(run[0]), float(run[-1]) + step, fired)
            )
    return sorted(intervals, key=lambda item: item.start)


def write_rule(name: str, expression: str, for_seconds: float, severity: str, summary: str) -> str:
    """Return the rule as a YAML rules file. JSON strings are valid YAML with any content."""
    lines = [
        "groups:",
        "  - name: belvedere",
        "    rules:",
        f"      - alert: {json.dumps(name)}",
        "        expr: |",
        *(f"          {line}" for line in expression.strip().splitlines()),
        f"        for: {round(for_seconds)}s",
        f"        labels: {{severity: {json.dumps(severity)}}}",
        "        annotations:",
        f"          summary: {json.dumps(summary, ensure_ascii=False)}",
    ]
    return "\n".join(lines) + "\n"
