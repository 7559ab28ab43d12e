"""What changed between two periods of the same length, in sentences, the largest first. Pure."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.formatting import display

# smaller changes are what traffic does by itself
LEAST_RATIO = 1.25
LEAST_ERROR_STEP = 0.005
LEAST_RANKING_STEP = 0.02
LEAST_REQUESTS = 30
STATE_CHANGE = 10.0


@dataclass(frozen=True)
class Vital:
    """The numbers of a model in one period; NaN is not known."""

    requests: float = math.nan
    errors: float = math.nan
    p95: float = math.nan
    rmse: float = math.nan
    drift: float = math.nan
    version: str = ""
    roc_auc: float = math.nan


@dataclass(frozen=True)
class Change:
    """A sentence about a model, how large it is, and the page that shows more."""

    model: str
    size: float
    text: str
    page: str


def found(
    now: Mapping[str, Vital], before: Mapping[str, Vital], seconds: float
) -> list[Change]:  # fmt: skip
    """`seconds` is the length of each period: few requests in it say nothing of their latency."""
    listed: list[Change] = []
    for model, new in now.items():
        old = before.get(model)
        if old is None:
            listed.append(Change(model, STATE_CHANGE, "is new.", "traffic"))
            continue
        listed += _of(model, new, old, seconds)
    listed += [
        Change(model, 2 * STATE_CHANGE, "is no longer scraped.", "traffic")
        for model in before
        if model not in now
    ]
    return sorted(listed, key=lambda change: -change.size)


def _of(model: str, new: Vital, old: Vital, seconds: float) -> list[Change]:
    listed = []
    if new.version and old.version and new.version != old.version:
        text = f"serves version {new.version} instead of {old.version}."
        listed.append(Change(model, STATE_CHANGE, text, "drift"))
    if new.drift != old.drift and math.isfinite(new.drift):
        verdict = "now drifts" if new.drift else "no longer drifts"
        listed.append(Change(model, STATE_CHANGE + new.drift, f"{verdict}.", "drift"))
    enough = min(new.requests, old.requests) * seconds >= LEAST_REQUESTS
    step = new.errors - old.errors
    if enough and abs(step) >= LEAST_ERROR_STEP:
        way = "more" if step > 0 else "fewer"
        shares = f"{display.percent(old.errors)} → {display.percent(new.errors)}"
        text = f"has {way} server errors: {shares}"
        listed.append(Change(model, 5 + 20 * abs(step), f"{text} of requests.", "traffic"))
    ranked = new.roc_auc - old.roc_auc
    if abs(ranked) >= LEAST_RANKING_STEP:
        way = "better" if ranked > 0 else "worse"
        moved = f"{display.number(old.roc_auc)} → {display.number(new.roc_auc)}"
        text = f"has a {way} ROC AUC: {moved}."
        listed.append(Change(model, 5 + 20 * abs(ranked), text, "quality"))
    steps: list[tuple[float, float, str, str, str, Callable[[float], str], str]] = [
        (new.rmse, old.rmse, "has a higher RMSE", "has a lower RMSE", "",
         display.number, "quality"),
        (new.requests, old.requests, "gets more requests", "gets fewer requests", "",
         lambda value: f"{display.number(value)}/s", "traffic"),
    ]  # fmt: skip
    if enough:
        steps.append(
            (new.p95, old.p95, "is slower", "is faster", "p95 ", display.duration, "traffic")
        )
    for after, was, more, less, name, written, page in steps:
        size = _steps(after, was)
        if size >= math.log2(LEAST_RATIO):
            said = more if after > was else less
            text = f"{said}: {name}{written(was)} → {written(after)}."
            listed.append(Change(model, size, text, page))
    return listed


def _steps(after: float, was: float) -> float:
    """How often the value doubled or halved; what starts from nothing counts as eight times."""
    if not (math.isfinite(after) and math.isfinite(was)) or after == was:
        return 0.0
    if after <= 0 or was <= 0:
        return 3.0
    return min(abs(math.log2(after / was)), 6.0)
