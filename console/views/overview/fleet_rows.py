"""Builds the rows of the table of models: each cell with its text and its tone. Pure."""

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
# the pages of the cells, in their order
PAGES = ("", "traffic", "traffic", "traffic", "quality", "drift", "alerts")
WARN_ERRORS, BAD_ERRORS = 0.01, 0.05


@dataclass(frozen=True)
class Cell:
    """The text of a cell, a smaller line below it, and its tone.

    `spark` is a line from 0 to 1, `page` the page with details.
    """

    text: str
    below: str = ""
    tone: Tone = "none"
    spark: list[float | None] = field(default_factory=list)
    page: str = ""


@dataclass(frozen=True)
class Facts:
    """The current facts of a model; NaN is unknown. `gauges` has title and value by role."""

    name: str
    about: str
    up: bool
    requests: float = math.nan
    errors: float = math.nan
    p95: float = math.nan
    rmse: float = math.nan
    roc_auc: float = math.nan
    accuracy: float = math.nan
    # the thresholds of the service, by the name of the score
    thresholds: Mapping[str, float | None] = field(default_factory=dict)
    drift: float = math.nan
    drift_share: float = math.nan
    evaluated_at: float = math.nan
    rows: float = math.nan
    synthetic: bool = False
    alerts: int | None = None
    trend: Series | None = None
    mapped: bool = False
    # the name of the latency where it is not the 95th percentile
    latency_is: str = ""
    gauges: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    evaluated: LatestEvaluation | None = None


def build_cells(facts: Facts, now: float) -> list[Cell]:
    """Return state, requests, errors, latency, quality, drift, alerts: the columns of the table."""
    row = [
        Cell("up", "", "good") if facts.up else Cell("down", "not scraped", "bad"),
        Cell(_write_rate(facts.requests), "", spark=build_spark(facts.trend)),
        Cell(display.percent(facts.errors), "", _rate_errors(facts.errors)),
        Cell(display.duration(facts.p95), facts.latency_is),
        _build_mapped_quality(facts) if facts.mapped else _build_quality(facts),
        _build_mapped_drift(facts, now) if facts.mapped else _build_drift(facts, now),
        _build_alerts(facts.alerts),
    ]
    return [
        cell if cell.text == display.NONE else replace(cell, page=page)
        for cell, page in zip(row, PAGES, strict=True)
    ]


def build_spark(trend: Series | None) -> list[float | None]:
    """Return the values as shares of the largest one; a gap is None."""
    if trend is None or trend.values.size < 2:
        return []
    finite = trend.values[np.isfinite(trend.values)]
    most = float(finite.max()) if finite.size else 0.0
    if most <= 0:
        return []
    return [round(v / most, 3) if math.isfinite(v) else None for v in trend.values.tolist()]


def _write_rate(value: float) -> str:
    return f"{display.number(value)}/s" if math.isfinite(value) else display.NONE


def _rate_errors(value: float) -> Tone:
    if not math.isfinite(value):
        return "none"
    return "bad" if value > BAD_ERRORS else "warn" if value > WARN_ERRORS else "good"


def _build_quality(facts: Facts) -> Cell:
    """Return the first score that has a threshold, else the first one: RMSE, ROC AUC, accuracy."""
    scores = [
        (label, value, facts.thresholds.get(name), low_is_good)
        for label, name, value, low_is_good in (
            ("RMSE", "rmse", facts.rmse, True),
            ("ROC AUC", "roc_auc", facts.roc_auc, False),
            ("Accuracy", "accuracy", facts.accuracy, False),
        )
        if math.isfinite(value)
    ]
    if not scores:
        return Cell(display.NONE, "unknown")
    with_threshold = [score for score in scores if score[2] is not None]
    label, value, threshold, low_is_good = (with_threshold or scores)[0]
    text = f"{label} {display.number(value)}"
    if threshold is None:
        return Cell(text, "no threshold")
    is_bad = value > threshold if low_is_good else value < threshold
    limit = "at most" if low_is_good else "at least"
    return Cell(text, f"{limit} {display.number(threshold)}", "bad" if is_bad else "good")


def _build_drift(facts: Facts, now: float) -> Cell:
    verdict = display.drift_verdict(facts.drift, facts.evaluated_at)
    if verdict == "never evaluated":
        # a service that is down does not report earlier evaluations
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


def _build_mapped_quality(facts: Facts) -> Cell:
    """Return a gauge of the service, else the score of the console's own evaluation."""
    gauge, evaluated = facts.gauges.get("quality"), facts.evaluated
    if gauge is not None:
        return Cell(f"{gauge[0]} {display.number(gauge[1])}", "service metric")
    if evaluated is None or evaluated.score is None:
        return Cell(display.NONE, "unknown")
    return Cell(f"{evaluated.score[0]} {display.number(evaluated.score[1])}", "evaluated here")


def _build_mapped_drift(facts: Facts, now: float) -> Cell:
    """Return the console's own verdict, else a gauge of the service without a tone."""
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


def _build_alerts(count: int | None) -> Cell:
    if count is None:
        return Cell(display.NONE, "unknown")
    return Cell(f"{count} firing", "", "bad") if count else Cell("none", "", "good")


def sort_worst_first(facts: Sequence[Facts]) -> list[Facts]:
    """Return the models sorted: down first, then firing, then drifting, then by name."""
    return sorted(
        facts, key=lambda item: (item.up, -(item.alerts or 0), item.drift != 1.0, item.name)
    )


def index_by_label(series: Sequence[Series], label: str) -> Mapping[str, float]:
    """Return the newest values by the value of a label; the maximum of replicas, as in PromQL."""
    values: dict[str, float] = {}
    for item in series:
        name = item.labels.get(label, "")
        values[name] = float(np.fmax(values.get(name, math.nan), item.last))
    return values


def compute_error_ratio(errors: float, requests: float) -> float:
    """Return the error ratio. Without a series of errors it is 0 if there are requests."""
    if not requests > 0:
        return math.nan
    return 0.0 if math.isnan(errors) else errors / requests
