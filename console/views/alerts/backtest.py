"""What a rule would have done over the past, and the rule as Prometheus reads it. Pure."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from console.components.alert_timeline import GAP
from console.series import Series, Span

MOST_POINTS_ASKED = 10_000
MOST_STEPS = 20_000
SHORTEST_STEP_SECONDS = 5


@dataclass(frozen=True)
class Held:
    """A series for which the expression held from `start` to `end` (epoch seconds)."""

    labels: dict[str, str]
    start: float
    end: float
    # None: it did not hold for long enough
    fired_at: float | None

    @property
    def name(self) -> str:
        rest = {key: value for key, value in self.labels.items() if key != "__name__"}
        return ", ".join(f"{key}={value}" for key, value in rest.items()) or "alert"


def spans(start: float, end: float) -> list[Span]:
    """The past in parts that Prometheus answers: a fine step, few points each."""
    step = max(SHORTEST_STEP_SECONDS, math.ceil((end - start) / MOST_STEPS))
    first, last = math.floor(start / step) * step, math.floor(end / step) * step
    width = step * MOST_POINTS_ASKED
    parts = []
    while first <= last:
        parts.append(Span(first, min(last, first + width - step), step))
        first += width
    return parts


def joined(parts: Sequence[Sequence[Series]]) -> list[Series]:
    """The series of consecutive parts, put together by their labels."""
    by_labels: dict[tuple[tuple[str, str], ...], list[Series]] = {}
    for part in parts:
        for series in part:
            by_labels.setdefault(tuple(sorted(series.labels.items())), []).append(series)
    return [
        Series(
            dict(labels),
            np.concatenate([series.times for series in found]),
            np.concatenate([series.values for series in found]),
        )
        for labels, found in by_labels.items()
    ]


def held(found: Sequence[Series], step: float, for_seconds: float) -> list[Held]:
    """Every stretch in which a series of the expression was there, in the order of time.

    As Prometheus does it: a series that is there makes an alert, pending at first, which fires at
    the first evaluation at least `for` later.
    """
    listed = []
    for series in found:
        breaks = np.flatnonzero(np.diff(series.times) > GAP * step)
        for run in np.split(series.times, breaks + 1):
            if not run.size:
                continue
            late = run[run - run[0] >= for_seconds]
            fired = float(late[0]) if late.size else None
            listed.append(Held(dict(series.labels), float(run[0]), float(run[-1]) + step, fired))
    return sorted(listed, key=lambda item: item.start)


def rule_yaml(name: str, expression: str, for_seconds: float, severity: str, summary: str) -> str:
    """The rule to copy into a rules file; JSON strings are YAML, whatever they hold."""
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
