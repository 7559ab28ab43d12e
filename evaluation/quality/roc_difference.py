"""The difference of two ROC AUCs on the same rows, with its interval. Pure."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.arrays import Floats
from evaluation.quality.normal import NORMAL_95

METHOD = "DeLong's interval for the same rows"


@dataclass(frozen=True)
class AucDifference:
    """The difference (second minus first), its 95 percent interval and its p-value."""

    first: float
    second: float
    difference: float
    lower: float
    upper: float
    p_value: float


def auc_difference(truth: npt.NDArray[Any], first: Floats, second: Floats) -> AucDifference:
    """Compare two scores (n,) of the same rows with their labels (n,), 1 for the positive class.

    The variance is that of DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837, by the
    ranks of Sun and Xu, IEEE Signal Processing Letters 21 (2014) 1389. Raises ValueError without
    two rows of each class.
    """
    positive = np.asarray(truth).astype(bool)
    m, n = int(positive.sum()), int((~positive).sum())
    if min(m, n) < 2:
        raise ValueError(f"Two rows of each class are needed; there are {m} and {n}.")
    positive_ranks, negative_ranks, areas = [], [], []
    for scores in (first, second):
        above, below = _midranks(scores[positive]), _midranks(scores[~positive])
        pooled = _midranks(np.concatenate([scores[positive], scores[~positive]]))
        positive_ranks.append((pooled[:m] - above) / n)
        negative_ranks.append(1 - (pooled[m:] - below) / m)
        areas.append((float(pooled[:m].sum()) - m * (m + 1) / 2) / (m * n))
    contrast = np.array([-1.0, 1.0])
    covariance = np.cov(np.vstack(positive_ranks)) / m + np.cov(np.vstack(negative_ranks)) / n
    error = math.sqrt(max(float(contrast @ covariance @ contrast), 0.0))
    difference = areas[1] - areas[0]
    # equal rankings have no spread
    p_value = math.erfc(abs(difference) / error / math.sqrt(2)) if error > 0 else 1.0
    half = NORMAL_95 * error
    return AucDifference(
        areas[0], areas[1], difference, difference - half, difference + half, p_value
    )


def _midranks(scores: Floats) -> Floats:
    """Return ranks (n,) from 1 on; equal scores share their mean rank."""
    from scipy.stats import rankdata

    ranks: Floats = rankdata(scores)
    return ranks
