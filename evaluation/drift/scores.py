"""Distances between two samples that are given as counts in the same ordered bins. Pure."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from evaluation.arrays import DrawnCounts, Floats

Score = Callable[[DrawnCounts, DrawnCounts, Floats], Floats]
Method = Literal["ks", "wasserstein", "psi", "chi-square", "jensen-shannon"]


def _shares(counts: DrawnCounts) -> Floats:
    shares: Floats = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    return shares


def ks(reference: DrawnCounts, current: DrawnCounts, _points: Floats) -> Floats:
    """Largest distance of the two distribution functions at the bin edges (Smirnov, 1939)."""
    gaps = np.cumsum(_shares(reference) - _shares(current), axis=-1)
    # equal distances must tie in spite of rounding, or a tie would not count as an exceedance
    largest: Floats = np.round(np.abs(gaps).max(axis=-1), 12)
    return largest


def wasserstein(reference: DrawnCounts, current: DrawnCounts, points: Floats) -> Floats:
    """First Wasserstein distance with the mass of bin i at points[i], in the points' units."""
    gaps = np.cumsum(_shares(reference) - _shares(current), axis=-1)[..., :-1]
    distance: Floats = np.abs(gaps) @ np.diff(points)
    return distance


def psi(reference: DrawnCounts, current: DrawnCounts, _points: Floats) -> Floats:
    """Population stability index; half a row is added to each bin so that no bin is empty."""
    bins = reference.shape[-1]
    first = (reference + 0.5) / (reference.sum(axis=-1, keepdims=True) + bins / 2)
    second = (current + 0.5) / (current.sum(axis=-1, keepdims=True) + bins / 2)
    index: Floats = ((second - first) * np.log(second / first)).sum(axis=-1)
    rounded: Floats = np.round(index, 12)
    return rounded


def cramers_v(reference: DrawnCounts, current: DrawnCounts, _points: Floats) -> Floats:
    """Root of Pearson's chi-square over the number of rows: 0 (equal) to 1 (disjoint)."""
    pooled = reference + current
    rows = pooled.sum(axis=-1)
    first = reference.sum(axis=-1, keepdims=True) / np.maximum(rows[..., None], 1)
    expected = np.maximum(pooled * first, 1e-300)
    other = np.maximum(pooled * (1 - first), 1e-300)
    squares = (reference - pooled * first) ** 2
    statistic = (squares / expected + squares / other).sum(axis=-1)
    score: Floats = np.round(np.sqrt(statistic / np.maximum(rows, 1)), 12)
    return score


def jensen_shannon(reference: DrawnCounts, current: DrawnCounts, _points: Floats) -> Floats:
    """Jensen-Shannon distance to base 2: 0 to 1 (Lin, 1991; Endres and Schindelin, 2003)."""
    first, second = _shares(reference), _shares(current)
    middle = (first + second) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(p > 0, p * np.log2(p / middle), 0.0) for p in (first, second)]
    divergence = (parts[0] + parts[1]).sum(axis=-1) / 2
    distance: Floats = np.round(np.sqrt(np.maximum(divergence, 0.0)), 12)
    return distance


def total_variation(reference: DrawnCounts, current: DrawnCounts) -> float:
    """The share of rows that would have to change their category."""
    return float(np.abs(_shares(reference) - _shares(current)).sum() / 2)


SCORES: dict[Method, Score] = {
    "ks": ks,
    "wasserstein": wasserstein,
    "psi": psi,
    "chi-square": cramers_v,
    "jensen-shannon": jensen_shannon,
}
