"""From answers by model to rows: each cell with its words and how good or bad it is. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from console.evaluations.latest import LatestEvaluation
from console.formatting import display
from console.series import Series

Tone = Literal["good", "warn", "bad", "none"]
STALE_SECONDS = 7 * 86_400
# of the cells, in their order
PAGES = ("", "traffic", "traffic", "traffic", "quality", "drift", "alerts")
SLOW_ERRORS, BAD_ERRORS = 0.01, 0.05


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, a smaller line below it, its tone; `spark` is a line from 0 to 1,
    `page` the one that tells more."""

    text: str
    below: str = ""
    tone: Tone = "none"
    spark: list[float | None] = field(default_factory=list)
    page: str = ""


@dataclass(frozen=True)
class Facts:
    """All that is known of a model now; NaN is not known. Of a mapped one `gauges` has title and
    value by role."""

    name: str
    about: str
    up: bool
    requests: float = math.nan
    errors: float = math.nan
    p95: float = math.nan
    rmse: float = math.nan
    roc_auc: float = math.nan
    # what the service tells, by the name of the score
    thresholds: Mapping[str, float | None] = field(default_factory=dict)
    drift: float = math.nan
    drift_share: float = math.nan
    evaluated_at: float = math.nan
    rows: float = math.nan
    synthetic: bool = False
    alerts: int | None = None
    trend: Series | None = None
    mapped: bool = False
    # what stands in place of the percentile, where there is none
    latency_is: str = ""
    gauges: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    evaluated: LatestEvaluation | None = None


def cells(facts: Facts, now: float) -> list[Cell]:
    """State, requests, errors, latency, quality, drift, alerts: in the order of the table."""
    found = [
        Cell("up", "", "good") if facts.up else Cell("down", "not scraped", "bad"),
        Cell(_rate(facts.requests), "", spark=spark(facts.trend)),
        Cell(display.percent(facts.errors), "", _errors(facts.errors)),
        Cell(display.duration(facts.p95), facts.latency_is),
        _mapped_quality(facts) if facts.mapped else _quality(facts),
        _mapped_drift(facts, now) if facts.mapped else _drift(facts, now),
        _alerts(facts.alerts),
    ]
    return [
        cell if cell.text == display.NONE else replace(cell, page=page)
        for cell, page in zip(found, PAGES, strict=True)
    ]


def spark(trend: Series | None) -> list[float | None]:
    """The series from 0 to its largest value; a gap is None."""
    if trend is None or trend.values.size < 2:
        return []
    finite = trend.values[np.isfinite(trend.values)]
    most = float(finite.max()) if finite.size else 0.0
    if most <= 0:
        return []
    return [round(v / most, 3) if math.isfinite(v) else None for v in trend.values.tolist()]


def _rate(value: float) -> str:
    return f"{display.number(value)}/s" if math.isfinite(value) else display.NONE


def _errors(value: float) -> Tone:
    if not math.isfinite(value):
        return "none"
    return "bad" if value > BAD_ERRORS else "warn" if value > SLOW_ERRORS else "good"


def _quality(facts: Facts) -> Cell:
    """The score that the task is told by: RMSE where there is one, the ROC AUC of a classifier."""
    for label, name, value, low_is_good in (
        ("RMSE", "rmse", facts.rmse, True),
        ("ROC AUC", "roc_auc", facts.roc_auc, False),
    ):
        if not math.isfinite(value):
            continue
        text, threshold = f"{label} {display.number(value)}", facts.thresholds.get(name)
        if threshold is None:
            return Cell(text, "no threshold")
        wrong = value > threshold if low_is_good else value < threshold
        most = "at most" if low_is_good else "at least"
        return Cell(text, f"{most} {display.number(threshold)}", "bad" if wrong else "good")
    return Cell(display.NONE, "unknown")


def _drift(facts: Facts, now: float) -> Cell:
    verdict = display.drift_verdict(facts.drift, facts.evaluated_at)
    if verdict == "never evaluated":
        # a service that is down tells nothing of what it was
        return Cell(verdict, "", "warn") if facts.up else Cell(display.NONE, "unknown")
    age = now - facts.evaluated_at
    below = f"{display.age(age)} ago, n {display.number(facts.rows)}"
    if facts.synthetic:
        return Cell(f"{verdict}, synthetic", below, "warn")
    if age > STALE_SECONDS:
        return Cell(f"{verdict}, stale", below, "warn")
    if verdict == "drift":
        return Cell(f"drift in {display.percent(facts.drift_share)}", below, "warn")
    return Cell(verdict, below, "good" if verdict == "no drift" else "none")


def _mapped_quality(facts: Facts) -> Cell:
    """A gauge of its service; else the score of the console's own evaluation."""
    gauge, evaluated = facts.gauges.get("quality"), facts.evaluated
    if gauge is not None:
        return Cell(f"{gauge[0]} {display.number(gauge[1])}", "service metric")
    if evaluated is None or evaluated.score is None:
        return Cell(display.NONE, "unknown")
    return Cell(f"{evaluated.score[0]} {display.number(evaluated.score[1])}", "evaluated here")


def _mapped_drift(facts: Facts, now: float) -> Cell:
    """The console's own verdict; else a gauge of its service, whose thresholds are not known."""
    gauge, evaluated = facts.gauges.get("drift"), facts.evaluated
    if evaluated is not None:
        tones: Mapping[str, Tone] = {"drift": "warn", "no drift": "good"}
        age = now - evaluated.at
        below = f"{display.age(age)} ago, n {display.number(evaluated.rows)}"
        if age > STALE_SECONDS:
            return Cell(f"{evaluated.verdict}, stale", below, "warn")
        return Cell(evaluated.verdict, below, tones.get(evaluated.verdict, "none"))
    if gauge is not None:
        return Cell(display.number(gauge[1]), gauge[0])
    return Cell("never evaluated", "", "warn" if facts.up else "none")


def _alerts(count: int | None) -> Cell:
    if count is None:
        return Cell(display.NONE, "unknown")
    return Cell(f"{count} firing", "", "bad") if count else Cell("none", "", "good")


def worst_first(facts: Sequence[Facts]) -> list[Facts]:
    """Down, then firing, then drifting, then by name."""
    return sorted(
        facts, key=lambda item: (item.up, -(item.alerts or 0), item.drift != 1.0, item.name)
    )


def by_label(series: Sequence[Series], label: str) -> Mapping[str, float]:
    """The newest value by a label."""
    return {item.labels.get(label, ""): item.last for item in series}
