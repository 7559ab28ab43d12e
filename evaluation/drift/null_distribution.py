"""The null distribution of a score: both samples permuted within their pool. Pure."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from evaluation.arrays import Counts, DrawnCounts, Floats
from evaluation.drift.scores import Method

# numpy draws without replacement from fewer rows than this
MAX_COUNTED = 1_000_000_000
# expected rows in a bin of the smaller side from which on counts are drawn from the normal limit
ENOUGH_FOR_NORMAL = 25


@dataclass(frozen=True)
class NullDistribution:
    """The sorted scores (draws,) of permuted samples.

    With `closed` the closed form of the method continues their tail.
    """

    scores: Floats
    method: Method
    reference_rows: int
    current_rows: int
    degrees: int
    closed: bool

    def p_value(self, score: float) -> float:
        """Return (1 + draws at or above the score) / (1 + draws) (Phipson and Smyth, 2010).

        Past the largest draw the closed form continues the tail where there is one.
        """
        draws = len(self.scores)
        above = draws - int(np.searchsorted(self.scores, score, side="left"))
        if above or not self.closed:
            return (1 + above) / (1 + draws)
        return min(1 / (1 + draws), self._tail(score))

    def critical_value(self, level: float) -> float:
        """Return the critical value: the smallest score whose p-value is below `level`.

        Infinite where no score has one.
        """
        draws = len(self.scores)
        allowed = math.ceil(level * (1 + draws) - 1) - 1
        if allowed >= draws:
            return 0.0
        if allowed >= 0:
            return float(np.nextafter(self.scores[draws - 1 - allowed], np.inf))
        if not self.closed:
            return math.inf
        lowest = float(np.nextafter(self.scores[-1], np.inf))
        if self.p_value(lowest) < level:
            return lowest
        low, high = lowest, max(1.0, lowest)
        if self.p_value(high) >= level:
            return math.inf
        for _ in range(200):
            middle = (low + high) / 2
            if middle in (low, high):
                break
            low, high = (low, middle) if self.p_value(middle) < level else (middle, high)
        return high

    @property
    def band(self) -> tuple[float, float]:
        """The lowest score and the 95th percentile: the test is one-sided."""
        return float(self.scores[0]), float(np.quantile(self.scores, 0.95))

    def _tail(self, score: float) -> float:
        rows = self.reference_rows + self.current_rows
        if self.method == "ks":
            # binning only lowers the distance: the law for continuous values is an upper bound
            effective = self.reference_rows * self.current_rows / rows
            return float(special.kolmogorov(math.sqrt(effective) * score))
        return float(special.chdtrc(self.degrees, score**2 * rows))


def permute_rows(pooled: Counts, rows: int, draws: int, random: np.random.Generator) -> DrawnCounts:
    """Draw counts (draws, bins) of `rows` rows from the pool (bins,) without replacement."""
    if int(pooled.sum()) >= MAX_COUNTED:
        return _permute_very_many(pooled, rows, draws, random)
    return random.multivariate_hypergeometric(pooled, rows, size=draws, method="marginals")


def _permute_very_many(
    pooled: Counts, rows: int, draws: int, random: np.random.Generator
) -> Floats:
    """Draw from more rows than numpy can count exactly.

    Bins with few expected rows come from the binomial law (so few of so many rows are as good as
    drawn with replacement), the others from the normal limit.
    """
    total = int(pooled.sum())
    rare = pooled * (min(rows, total - rows) / total) < ENOUGH_FOR_NORMAL
    counts = np.empty((draws, len(pooled)))
    counts[:, rare] = random.binomial(pooled[rare], rows / total, size=(draws, int(rare.sum())))
    remaining = rows - counts[:, rare].sum(axis=1, keepdims=True)
    counts[:, ~rare] = draw_normal_limit(pooled[~rare], remaining, draws, random)
    return counts


def draw_normal_limit(
    pooled: Counts, rows: int | Floats, draws: int, random: np.random.Generator
) -> Floats:
    """Draw the counts of `permute_rows` from their normal limit, at a fraction of the cost."""
    total = int(pooled.sum())
    shares = pooled / total
    bridge = random.standard_normal((draws, len(pooled))) * np.sqrt(shares)
    bridge -= shares * bridge.sum(axis=1, keepdims=True)
    variance = rows * (total - rows) / (total - 1)
    counts: Floats = rows * shares + np.sqrt(variance) * bridge
    return counts


def chi_square_scores(rows: int, degrees: int, draws: int) -> Floats:
    """Return Cramér's V (draws,) at evenly spaced quantiles of the chi-square law, ascending."""
    quantiles = 2 * special.gammaincinv(degrees / 2, (np.arange(draws) + 0.5) / draws)
    return np.asarray(np.round(np.sqrt(quantiles / rows), 12), dtype=np.float64)


def permute_blocks(blocks: Counts, size: int, draws: int, random: np.random.Generator) -> Counts:
    """Draw counts (draws, bins) of `size` whole blocks without replacement."""
    order = random.random((draws, len(blocks)))
    limit = np.partition(order, size - 1, axis=1)[:, size - 1 : size]
    # float matrices multiply in BLAS; the counts stay far below 2**53
    sums = (order <= limit).astype(np.float64) @ blocks.astype(np.float64)
    return np.rint(sums).astype(np.int64)
