"""What the service says of two evaluations, as sentences and rows of tables. Pure."""

import math

from console.formatting import display
from console.mapping.known_metrics import SCORE_TITLES
from evaluation.compare import Comparison, FeatureChange

VERDICTS = {True: "drift", False: "no drift", None: "unknown"}
BETTER = {True: "better", False: "worse", None: ""}


def sentences(found: Comparison) -> list[str]:
    """The verdict first, then the features that changed sides."""
    said = [
        f"The verdict changed from **{found.first.verdict}** to **{found.second.verdict}**."
        if found.verdict_changed
        else f"Both verdicts are **{found.first.verdict}**."
    ]
    if found.newly_drifted:
        said.append(f"Newly drifting: {', '.join(found.newly_drifted)}.")
    if found.no_longer_drifted:
        said.append(f"No longer drifting: {', '.join(found.no_longer_drifted)}.")
    return said


def scores(found: Comparison) -> list[dict[str, str]]:
    """A row a score: both values, the change, and whether it is for the better."""
    rows = [
        _score("Rows", found.first.rows, found.second.rows, None),
        _score(
            "Drift share, %",
            _percent(found.first.drift_share),
            _percent(found.second.drift_share),
            None,
        ),
    ]
    return rows + [
        _score(SCORE_TITLES.get(each.name, each.name), each.first, each.second, each.better)
        for each in found.scores
    ]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _score(
    name: str, first: float | None, second: float | None, better: bool | None
) -> dict[str, str]:
    step = None if first is None or second is None else second - first
    return {
        "score": name,
        "first": display.number(first),
        "second": display.number(second),
        "change": display.NONE if step is None else display.signed(step),
        "": BETTER[better],
    }


def features(found: Comparison) -> list[dict[str, str]]:
    """A row a feature, those that moved most first."""
    return [_feature(each) for each in sorted(found.features, key=_moved)]


def _moved(each: FeatureChange) -> tuple[bool, float]:
    """Changed sides first, then by how far the mean or the score went."""
    size = each.mean_shift if each.mean_shift is not None else each.score_change
    return each.drifted[0] == each.drifted[1], -abs(size) if size is not None else math.inf


def _feature(each: FeatureChange) -> dict[str, str]:
    return {
        "feature": each.name,
        "first verdict": VERDICTS[each.drifted[0]],
        "second verdict": VERDICTS[each.drifted[1]],
        "first score": display.number(each.score[0]),
        "second score": display.number(each.score[1]),
        "score change": display.NONE
        if each.score_change is None
        else display.signed(each.score_change),
        "mean shift (std)": display.NONE
        if each.mean_shift is None
        else display.signed(each.mean_shift),
        "missing": f"{each.missing[0]} → {each.missing[1]}",
        "new categories": ", ".join(each.new_categories),
    }
