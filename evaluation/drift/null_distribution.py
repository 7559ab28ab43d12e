"""What a score does when both samples come from one source: permutation of the pool. Pure."""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy import special

from evaluation.drift.scores import Counts, Drawn, Floats, Method

Blocks = TypeVar("Blocks", Counts, Floats)
MOST_BLOCKS = 400
# numpy draws without replacement from fewer rows than these
MOST_COUNTED = 1_000_000_000
# expected rows a bin on the smaller side past which counts are drawn from their normal limit
ENOUGH_FOR_NORMAL = 25
LEAST_BLOCKS_A_SIDE = 5
# the long-run variance is taken to be at most 1 / 0.7 of what blocks show: that is the whole of it
# for 33 rows of an AR(1) series with 0.9, and beyond it the series would be mere extrapolation
LEAST_VARIANCE = 0.7


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


def permuted_rows(pooled: Counts, rows: int, draws: int, random: np.random.Generator) -> Drawn:
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


@dataclass(frozen=True)
class Dependence:
    """How neighbouring rows depend on each other, and what is done about it.

    `length` is the number of rows a block; `widening` is the root of the variance that remains
    between blocks of that length, which the scores under the null are multiplied by.
    """

    length: int
    widening: float


def longest(found: list[Dependence]) -> Dependence:
    return max(found, key=lambda each: (each.length, each.widening))


def dependence(samples: list[Floats]) -> Dependence:
    """Rows a block: (6 r^2 / (1 - r^2)^2 * n)^(1/3), r the correlation of neighbouring rows.

    Carlstein (1986), for an AR(1) series; Andrews (1991) gives the same for Bartlett weights.
    Each sample is centred on its own mean, so that drift does not look like correlation. It is
    at most a fifth of the smaller sample, so that there is something to permute. The variance of
    a block's mean falls short of the series' long-run variance by the Bartlett bias, which for an
    AR(1) series is 2 r (1 - r^length) / (length (1 - r^2)) of it: `widening` makes up for it.
    """
    products = squares = 0.0
    for sample in samples:
        centred = sample[~np.isnan(sample)]
        if centred.size < 3:
            continue
        centred = centred - centred.mean()
        products += float(centred[1:] @ centred[:-1])
        squares += float(centred @ centred)
    correlation = min(max(products / squares, 0.0), 0.99) if squares > 0 else 0.0
    rows = sum(len(sample) for sample in samples)
    ratio = 6 * correlation**2 / (1 - correlation**2) ** 2
    length = math.ceil((ratio * rows) ** (1 / 3))
    most = min(len(sample) for sample in samples) // LEAST_BLOCKS_A_SIDE
    chosen = int(max(1, min(most, max(length, math.ceil(rows / MOST_BLOCKS)))))
    missed = 2 * correlation * (1 - correlation**chosen) / (chosen * (1 - correlation**2))
    return Dependence(chosen, 1 / math.sqrt(max(1 - missed, LEAST_VARIANCE)))


def blocks_in(rows: int, length: int) -> int:
    """How many blocks of at least `length` rows, all alike, `rows` rows are cut into."""
    return max(1, rows // length)


def block_of(rows: int, count: int) -> npt.NDArray[np.intp]:
    """The block (rows,) of each row, when rows in time order are cut into `count` alike."""
    return np.arange(rows) * count // rows


def thinned(blocks: Blocks) -> Blocks:
    """At most MOST_BLOCKS of the blocks (blocks, ...), evenly spaced, for the null alone: where
    they are many times those of the other side, the rest would not move it."""
    kept: Blocks = blocks[:: -(-len(blocks) // MOST_BLOCKS)]
    return kept


def block_counts(sample: npt.NDArray[np.intp], length: int, bins: int) -> Counts:
    """Counts (blocks, bins) of a sample's rows in time order; code -1 (missing) is left out."""
    count = blocks_in(len(sample), length)
    block = block_of(len(sample), count)
    valued = sample >= 0
    flat = np.bincount(block[valued] * bins + sample[valued], minlength=count * bins)
    return flat.reshape(-1, bins).astype(np.int64)


def permuted_blocks(blocks: Counts, chosen: int, draws: int, random: np.random.Generator) -> Counts:
    """Counts (draws, bins) of `chosen` whole blocks drawn without replacement."""
    order = random.random((draws, len(blocks)))
    limit = np.partition(order, chosen - 1, axis=1)[:, chosen - 1 : chosen]
    # float matrices multiply in BLAS; the counts stay far below 2**53
    drawn = (order <= limit).astype(np.float64) @ blocks.astype(np.float64)
    return np.rint(drawn).astype(np.int64)
