"""Blocks of consecutive rows: permuting them keeps the dependence of neighbours. Pure."""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from evaluation.arrays import Codes, Counts, Floats

BlockSums = TypeVar("BlockSums", Counts, Floats)


MOST_BLOCKS = 400
LEAST_BLOCKS_A_SIDE = 5
# the long-run variance is taken to be at most 1 / 0.7 of what blocks show: that is the whole of it
# for 33 rows of an AR(1) series with 0.9, and beyond it the series would be mere extrapolation
LEAST_VARIANCE = 0.7


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


def thinned(blocks: BlockSums) -> BlockSums:
    """At most MOST_BLOCKS of the blocks (blocks, ...), evenly spaced, for the null alone: where
    they are many times those of the other side, the rest would not move it."""
    kept: BlockSums = blocks[:: -(-len(blocks) // MOST_BLOCKS)]
    return kept


def block_counts(sample: npt.NDArray[np.intp], length: int, bins: int) -> Counts:
    """Counts (blocks, bins) of a sample's rows in time order; code -1 (missing) is left out."""
    count = blocks_in(len(sample), length)
    block = block_of(len(sample), count)
    valued = sample >= 0
    flat = np.bincount(block[valued] * bins + sample[valued], minlength=count * bins)
    return flat.reshape(-1, bins).astype(np.int64)


@dataclass(frozen=True)
class Blocks:
    """Counts (blocks, bins + 1) in time order, the last bin for missing values; `current` of the
    blocks are the current data's. `widening` is that of the dependence.
    """

    counts: Counts
    current: int
    rows: int
    widening: float = 1.0


def cut_blocks(sides: list[Codes], bins: int, found: Dependence) -> Blocks:
    with_missing = [np.where(side < 0, bins, side) for side in sides]
    cut = [block_counts(side, found.length, bins + 1) for side in with_missing]
    return _joined_sides(cut, found.length, found)


def _joined_sides(cut: list[Counts], rows: int, found: Dependence) -> Blocks:
    kept = [thinned(side) for side in cut]
    return Blocks(np.concatenate(kept), len(kept[1]), rows, found.widening)


def join_cells(blocks: Counts, lookup: Codes, bins: int) -> Counts:
    """Counts (blocks, cells + 1) to (blocks, bins + 1); blocks without a row are left out."""
    indicator = np.zeros((len(lookup), bins + 1))
    indicator[np.arange(len(lookup)), lookup] = 1.0
    # float matrices multiply in BLAS; the counts stay far below 2**53
    found = np.rint(blocks.astype(np.float64) @ indicator).astype(np.int64)
    kept: Counts = found[found.sum(axis=1) > 0]
    return kept


def block_means(blocks: Counts, points: Floats) -> Floats:
    """The mean (blocks,) of the points; NaN where a block holds missing values alone."""
    counts = blocks[:, : len(points)]
    present = blocks[:, :-1].sum(axis=1)
    with np.errstate(invalid="ignore"):
        means: Floats = np.where(present > 0, counts @ points / np.maximum(present, 1), np.nan)
    return means


def merge_blocks(sides: list[Counts], found: Dependence) -> Blocks:
    merged = []
    for side in sides:
        count = blocks_in(len(side), found.length)
        merged.append(np.add.reduceat(side, np.arange(count) * len(side) // count))
    rows = round(float(sum(side.sum() for side in merged)) / sum(len(side) for side in merged))
    return _joined_sides(merged, rows, found)
