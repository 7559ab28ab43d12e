"""The Wasserstein distance of two samples, finer than the bins of a score. Pure."""

import numpy as np

from evaluation.arrays import Floats
from evaluation.drift.column_summary import Numbers


def between_samples(reference: Floats, current: Floats) -> float:
    present = [side[~np.isnan(side)] for side in (reference, current)]
    weights = [np.full(side.size, 1 / max(side.size, 1)) for side in present]
    return _between_weighted(present, weights)


def between_cells(reference: Numbers, current: Numbers) -> float:
    # an open cell's mass lies at its mean, which is another on each side: both are kept
    places, weights = [], []
    for side in (reference, current):
        filled = side.counts > 0
        places.append(side.points()[filled])
        weights.append(side.counts[filled] / max(int(side.counts.sum()), 1))
    return _between_weighted(places, weights)


def _between_weighted(places: list[Floats], weights: list[Floats]) -> float:
    """First Wasserstein distance of two weighted samples: the area between F and G."""
    if min(side.size for side in places) == 0:
        return 0.0
    every = np.concatenate(places)
    order = np.argsort(every, kind="stable")
    masses = np.concatenate([weights[0], -weights[1]])[order]
    return float(np.abs(np.cumsum(masses))[:-1] @ np.diff(every[order]))
