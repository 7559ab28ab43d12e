"""The Wasserstein distance of two samples, finer than the bins of a score. Pure."""

import numpy as np

from evaluation.arrays import Floats
from evaluation.drift.column_summary import Numbers


def between_samples(reference: Floats, current: Floats) -> float:
    """Return the distance of two samples (n,) and (m,), NaN for missing, in their units."""
    present = [sample[~np.isnan(sample)] for sample in (reference, current)]
    weights = [np.full(sample.size, 1 / max(sample.size, 1)) for sample in present]
    return _between_weighted(present, weights)


def between_cells(reference: Numbers, current: Numbers) -> float:
    """Return the distance of two columns that are counted on the same grid, in their units."""
    # the mass of an open cell is at its mean, which differs between the sides: keep both
    points, weights = [], []
    for side in (reference, current):
        filled = side.counts > 0
        points.append(side.points()[filled])
        weights.append(side.counts[filled] / max(int(side.counts.sum()), 1))
    return _between_weighted(points, weights)


def _between_weighted(points: list[Floats], weights: list[Floats]) -> float:
    """Return the first Wasserstein distance of two weighted samples: the area between F and G."""
    if min(side.size for side in points) == 0:
        return 0.0
    pooled = np.concatenate(points)
    order = np.argsort(pooled, kind="stable")
    masses = np.concatenate([weights[0], -weights[1]])[order]
    return float(np.abs(np.cumsum(masses))[:-1] @ np.diff(pooled[order]))
