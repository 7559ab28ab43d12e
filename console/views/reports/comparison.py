"""Writes the comparison of two evaluations as sentences and table rows. Pure."""

import math

from console.formatting import display
from console.mapping.known_metrics import SCORE_TITLES
from evaluation.result import Comparison, FeatureChange

VERDICTS = {True: "drift", False: "no drift", None: "unknown"}
BETTER = {True: "better", False: "worse", None: ""}


def write_sentences(comparison: Comparison) -> list[str]:
    """Return sentences on the verdicts and on the features whose verdict changed."""
    first, second = comparison.first.verdict, comparison.second.verdict
    sentences = [
        f"The verdict changed from **{first}** to **{second}**."
        if comparison.verdict_changed
        else f"Both verdicts are **{first}**."
    ]
    if comparison.newly_drifted:
        sentences.append(f"Newly drifting: {', '.join(comparison.newly_drifted)}.")
    if comparison.no_longer_drifted:
        sentences.append(f"No longer drifting: {', '.join(comparison.no_longer_drifted)}.")
    return sentences


def build_score_rows(comparison: Comparison) -> list[dict[str, str]]:
    """Return a row for each score: both values, the change, and better or worse."""
    rows = [
        _build_score_row("Rows", comparison.first.rows, comparison.second.rows, None),
        _build_score_row(
            "Drift share, %",
            _to_percent(comparison.first.drift_share),
            _to_percent(comparison.second.drift_share),
            None,
        ),
    ]
    return rows + [
        _build_score_row(
            SCORE_TITLES.get(change.name, change.name), change.first, change.second, change.better
        )
        for change in comparison.scores
    ]


def _to_percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _build_score_row(
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


def build_feature_rows(comparison: Comparison) -> list[dict[str, str]]:
    """Return a row for each feature, largest change first."""
    return [_build_feature_row(change) for change in sorted(comparison.features, key=_rank)]


def _rank(change: FeatureChange) -> tuple[bool, float]:
    """Return the sort key: changed verdicts first, then by the shift of the mean or the score."""
    size = change.mean_shift if change.mean_shift is not None else change.score_change
    return change.drifted[0] == change.drifted[1], -abs(size) if size is not None else math.inf


def _build_feature_row(change: FeatureChange) -> dict[str, str]:
    return {
        "feature": change.name,
        "first verdict": VERDICTS[change.drifted[0]],
        "second verdict": VERDICTS[change.drifted[1]],
        "first score": display.number(change.score[0]),
        "second score": display.number(change.score[1]),
        "score change": display.NONE
        if change.score_change is None
        else display.signed(change.score_change),
        "mean shift (std)": display.NONE
        if change.mean_shift is None
        else display.signed(change.mean_shift),
        "missing": f"{change.missing[0]} → {change.missing[1]}",
        "new categories": ", ".join(change.new_categories),
    }
