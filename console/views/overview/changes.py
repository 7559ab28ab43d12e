"""Finds what changed between two periods of the same length, and says it in sentences. Pure."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.formatting import display

# smaller changes are normal variation of traffic
MIN_RATIO = 1.25
MIN_ERROR_STEP = 0.005
MIN_RANKING_STEP = 0.02
MIN_REQUESTS = 30
STATE_CHANGE = 10.0


@dataclass(frozen=True)
class Vitals:
    """The numbers of a model in one period; NaN is unknown."""

    requests: float = math.nan
    errors: float = math.nan
    p95: float = math.nan
    rmse: float = math.nan
    drift: float = math.nan
    version: str = ""
    roc_auc: float = math.nan


@dataclass(frozen=True)
class Change:
    """A sentence about a model, the size of the change, and the page with details."""

    model: str
    size: float
    text: str
    page: str


def find_changes(
    current: Mapping[str, Vitals], previous: Mapping[str, Vitals], seconds: float
) -> list[Change]:  # fmt: skip
    """Return the changes of all models, largest first.

    `seconds` is the length of each period: errors and latency of few requests are not compared.
    """
    changes: list[Change] = []
    for model, new in current.items():
        old = previous.get(model)
        if old is None:
            changes.append(Change(model, STATE_CHANGE, "is new.", "traffic"))
            continue
        has_enough = min(new.requests, old.requests) * seconds >= MIN_REQUESTS
        changes += _compare_states(model, new, old)
        if has_enough:
            changes += _compare_errors(model, new, old)
        changes += _compare_roc_auc(model, new, old)
        changes += _compare_values(model, new, old, with_latency=has_enough)
    changes += [
        Change(model, 2 * STATE_CHANGE, "is no longer scraped.", "traffic")
        for model in previous
        if model not in current
    ]
    return sorted(changes, key=lambda change: -change.size)


def _compare_states(model: str, new: Vitals, old: Vitals) -> list[Change]:
    changes = []
    if new.version and old.version and new.version != old.version:
        text = f"serves version {new.version} instead of {old.version}."
        changes.append(Change(model, STATE_CHANGE, text, "drift"))
    if new.drift != old.drift and math.isfinite(new.drift):
        verdict = "now drifts" if new.drift else "no longer drifts"
        changes.append(Change(model, STATE_CHANGE + new.drift, f"{verdict}.", "drift"))
    return changes


def _compare_errors(model: str, new: Vitals, old: Vitals) -> list[Change]:
    step = new.errors - old.errors
    if not abs(step) >= MIN_ERROR_STEP:
        return []
    adjective = "more" if step > 0 else "fewer"
    shares = f"{display.percent(old.errors)} → {display.percent(new.errors)}"
    text = f"has {adjective} server errors: {shares} of requests."
    return [Change(model, 5 + 20 * abs(step), text, "traffic")]


def _compare_roc_auc(model: str, new: Vitals, old: Vitals) -> list[Change]:
    step = new.roc_auc - old.roc_auc
    if not abs(step) >= MIN_RANKING_STEP:
        return []
    adjective = "better" if step > 0 else "worse"
    scores = f"{display.number(old.roc_auc)} → {display.number(new.roc_auc)}"
    return [Change(model, 5 + 20 * abs(step), f"has a {adjective} ROC AUC: {scores}.", "quality")]


def _compare_values(model: str, new: Vitals, old: Vitals, *, with_latency: bool) -> list[Change]:
    values: list[tuple[float, float, str, str, Callable[[float], str], str]] = [
        (new.rmse, old.rmse, "has a higher RMSE:", "has a lower RMSE:", display.number, "quality"),
        (new.requests, old.requests, "gets more requests:", "gets fewer requests:",
         lambda value: f"{display.number(value)}/s", "traffic"),
    ]  # fmt: skip
    if with_latency:
        values.append(
            (new.p95, old.p95, "is slower: p95", "is faster: p95", display.duration, "traffic")
        )
    changes = []
    for new_value, old_value, increase, decrease, write, page in values:
        size = _count_doublings(new_value, old_value)
        if size >= math.log2(MIN_RATIO):
            verb = increase if new_value > old_value else decrease
            text = f"{verb} {write(old_value)} → {write(new_value)}."
            changes.append(Change(model, size, text, page))
    return changes


def _count_doublings(new: float, old: float) -> float:
    """Return how often the value doubled or halved, at most 6; 3 for a start from nothing."""
    if not (math.isfinite(new) and math.isfinite(old)) or new == old:
        return 0.0
    if new <= 0 or old <= 0:
        return 3.0
    return min(abs(math.log2(new / old)), 6.0)
