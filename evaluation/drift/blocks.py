"""Blocks of consecutive rows: permuting them keeps the dependence of neighbours. Pure."""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from evaluation.arrays import Codes, Counts, Floats

BlockSums = TypeVar("BlockSums", Counts, Floats)

MAX_BLOCKS = 400
MIN_BLOCKS_PER_SIDE = 5
# the long-run variance is taken to be at most 1 / 0.7 of what blocks show: this is all of it for
# 33 rows of an AR(1) series with 0.9, and more would be mere extrapolation
MIN_VARIANCE = 0.7


@dataclass(frozen=True)
class BlockCounts:
    """Counts (blocks, bins + 1) in time order, the last bin for missing values.

    The last `current` of the blocks are the current data's. `rows` is the mean number of rows in a
    block, `widening` that of the dependence.
    """

    counts: Counts
    current: int
    rows: int
    widening: float = 1.0


@dataclass(frozen=True)
class Dependence:
    """How many neighbouring rows depend on each other, and the correction for what remains.

    `length` is the number of rows in a block. `widening` is the square root of the ratio of the
    long-run variance to the variance between blocks of that length: scores of the null
    distribution are multiplied by it.
    """

    length: int
    widening: float


def longest_dependence(dependences: list[Dependence]) -> Dependence:
    """Return the one with the longest blocks; of equal lengths, the one with the most widening."""
    return max(dependences, key=lambda dependence: (dependence.length, dependence.widening))


def estimate_dependence(samples: list[Floats]) -> Dependence:
    """Estimate the rows in a block: (6 r^2 / (1 - r^2)^2 * n)^(1/3), r the lag-1 autocorrelation.

    Carlstein (1986), for an AR(1) series; Andrews (1991) gives the same for Bartlett weights.
    Each sample (n,), NaN for missing, is centred on its own mean, so that drift does not look like
    correlation. The length is at most a fifth of the smaller sample, so that there is something to
    permute. The variance of a block's mean falls short of the long-run variance by the Bartlett
    bias, which for an AR(1) series is 2 r (1 - r^length) / (length (1 - r^2)) of it: `widening`
    corrects it.
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
    optimum = math.ceil((ratio * rows) ** (1 / 3))
    most = min(len(sample) for sample in samples) // MIN_BLOCKS_PER_SIDE
    length = int(max(1, min(most, max(optimum, math.ceil(rows / MAX_BLOCKS)))))
    bias = 2 * correlation * (1 - correlation**length) / (length * (1 - correlation**2))
    return Dependence(length, 1 / math.sqrt(max(1 - bias, MIN_VARIANCE)))


def number_of_blocks(rows: int, length: int) -> int:
    """Return how many blocks of equal size, of at least `length` rows, fit into `rows` rows."""
    return max(1, rows // length)


def assign_blocks(rows: int, count: int) -> Codes:
    """Return the block (rows,) of each row, when rows in time order are cut into `count` blocks."""
    return np.arange(rows) * count // rows


def thin_blocks(blocks: BlockSums) -> BlockSums:
    """Return at most MAX_BLOCKS of the blocks (blocks, ...), evenly spaced.

    For the null distribution alone: where one side has many times the blocks of the other, the
    rest would not change it.
    """
    spaced: BlockSums = blocks[:: -(-len(blocks) // MAX_BLOCKS)]
    return spaced


def count_by_block(codes: Codes, length: int, bins: int) -> Counts:
    """Count (blocks, bins) the codes (n,) of rows in time order; -1 (missing) is left out."""
    count = number_of_blocks(len(codes), length)
    block = assign_blocks(len(codes), count)
    present = codes >= 0
    flat = np.bincount(block[present] * bins + codes[present], minlength=count * bins)
    return flat.reshape(-1, bins).astype(np.int64)


def cut_blocks(sides: list[Codes], bins: int, dependence: Dependence) -> BlockCounts:
    """Cut the codes (n,) of the rows of both sides, in time order, into blocks."""
    with_missing = [np.where(codes < 0, bins, codes) for codes in sides]
    counts = [count_by_block(codes, dependence.length, bins + 1) for codes in with_missing]
    return _join_sides(counts, dependence.length, dependence)


def merge_blocks(sides: list[Counts], dependence: Dependence) -> BlockCounts:
    """Merge the blocks (blocks, bins + 1) of a side to blocks of `dependence.length` of them."""
    merged = []
    for blocks in sides:
        count = number_of_blocks(len(blocks), dependence.length)
        merged.append(np.add.reduceat(blocks, np.arange(count) * len(blocks) // count))
    rows = round(float(sum(side.sum() for side in merged)) / sum(len(side) for side in merged))
    return _join_sides(merged, rows, dependence)


def join_cells(blocks: Counts, bin_of_cell: Codes, bins: int) -> Counts:
    """Join counts (blocks, cells + 1) to (blocks, bins + 1); drop blocks without a row."""
    indicator = np.zeros((len(bin_of_cell), bins + 1))
    indicator[np.arange(len(bin_of_cell)), bin_of_cell] = 1.0
    # float matrices multiply in BLAS; the counts stay far below 2**53
    joined = np.rint(blocks.astype(np.float64) @ indicator).astype(np.int64)
    filled: Counts = joined[joined.sum(axis=1) > 0]
    return filled


def mean_by_block(blocks: Counts, points: Floats) -> Floats:
    """Return the mean (blocks,) of the points; NaN where a block has missing values only."""
    counts = blocks[:, : len(points)]
    present = blocks[:, :-1].sum(axis=1)
    with np.errstate(invalid="ignore"):
        means: Floats = np.where(present > 0, counts @ points / np.maximum(present, 1), np.nan)
    return means


def _join_sides(sides: list[Counts], rows: int, dependence: Dependence) -> BlockCounts:
    thin = [thin_blocks(blocks) for blocks in sides]
    return BlockCounts(np.concatenate(thin), len(thin[1]), rows, dependence.widening)
