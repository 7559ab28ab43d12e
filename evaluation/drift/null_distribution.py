"""What a score does when both samples come from one source: permutation of the pool. Pure."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from evaluation.arrays import Counts, DrawnCounts, Floats
from evaluation.drift.scores import Method

# numpy draws without replacement from fewer rows than these
MOST_COUNTED = 1_000_000_000
# expected rows a bin on the smaller side past which counts are drawn from their normal limit
ENOUGH_FOR_NORMAL = 25


@dataclass(frozen=True)
class Null:
    """Sorted scores of the draws, and what closed form continues their tail (or None)."""

    scores: Floats
    method: Method
    reference_rows: int
    current_rows: int
    degrees: int
    closed: bool

    def p_value(self, score: float) -> float:
        """(1 + draws at or above the score) / (1 + draws) (Phipson and Smyth, 2010).

        Past the last draw the closed form continues the tail where there is one.
        """
        draws = len(self.scores)
        above = draws - int(np.searchsorted(self.scores, score, side="left"))
        if above or not self.closed:
            return (1 + above) / (1 + draws)
        return min(1 / (1 + draws), self._tail(score))

    def threshold(self, level: float) -> float:
        """The smallest score whose p-value is below `level`; infinite when none is."""
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
        """From the lowest score under the null to its 95th percentile: a score is one-sided."""
        return float(self.scores[0]), float(np.quantile(self.scores, 0.95))

    def _tail(self, score: float) -> float:
        rows = self.reference_rows + self.current_rows
        if self.method == "ks":
            # binning only lowers the distance, so the law for continuous values is an upper bound
            effective = self.reference_rows * self.current_rows / rows
            return float(special.kolmogorov(math.sqrt(effective) * score))
        return float(special.chdtrc(self.degrees, score**2 * rows))


def permuted_rows(
    pooled: Counts, rows: int, draws: int, random: np.random.Generator
) -> DrawnCounts:
    """Counts (draws, bins) of `rows` rows drawn from the pool without replacement."""
    if int(pooled.sum()) >= MOST_COUNTED:
        return _drawn_from_very_many(pooled, rows, draws, random)
    return random.multivariate_hypergeometric(pooled, rows, size=draws, method="marginals")


def _drawn_from_very_many(
    pooled: Counts, rows: int, draws: int, random: np.random.Generator
) -> Floats:
    """Past what numpy counts exactly: few rows a bin by the binomial law, the rest by the normal.

    So few rows of so many are as good as drawn with replacement.
    """
    total = int(pooled.sum())
    rare = pooled * (min(rows, total - rows) / total) < ENOUGH_FOR_NORMAL
    drawn = np.empty((draws, len(pooled)))
    drawn[:, rare] = random.binomial(pooled[rare], rows / total, size=(draws, int(rare.sum())))
    left = rows - drawn[:, rare].sum(axis=1, keepdims=True)
    drawn[:, ~rare] = normal_draws(pooled[~rare], left, draws, random)
    return drawn


def normal_draws(
    pooled: Counts, rows: int | Floats, draws: int, random: np.random.Generator
) -> Floats:
    """The same counts from the normal law that they tend to, at a fraction of the cost."""
    total = int(pooled.sum())
    shares = pooled / total
    bridge = random.standard_normal((draws, len(pooled))) * np.sqrt(shares)
    bridge -= shares * bridge.sum(axis=1, keepdims=True)
    variance = rows * (total - rows) / (total - 1)
    drawn: Floats = rows * shares + np.sqrt(variance) * bridge
    return drawn


def chi_square_scores(rows: int, degrees: int, draws: int) -> Floats:
    """Cramer's V (draws,) at evenly spaced quantiles of the chi-square law, in rising order."""
    quantiles = 2 * special.gammaincinv(degrees / 2, (np.arange(draws) + 0.5) / draws)
    return np.asarray(np.round(np.sqrt(quantiles / rows), 12), dtype=np.float64)


def permuted_blocks(blocks: Counts, chosen: int, draws: int, random: np.random.Generator) -> Counts:
    """Counts (draws, bins) of `chosen` whole blocks drawn without replacement."""
    order = random.random((draws, len(blocks)))
    limit = np.partition(order, chosen - 1, axis=1)[:, chosen - 1 : chosen]
    # float matrices multiply in BLAS; the counts stay far below 2**53
    drawn = (order <= limit).astype(np.float64) @ blocks.astype(np.float64)
    return np.rint(drawn).astype(np.int64)
