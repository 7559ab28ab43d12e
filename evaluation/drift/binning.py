"""From two samples, or two profiles, to counts in bins of the pooled sample. Pure."""

import math
from dataclasses import dataclass

import numpy as np

from evaluation.arrays import Codes, Counts, Floats
from evaluation.drift import wasserstein
from evaluation.drift.blocks import (
    BlockCounts,
    cut_blocks,
    estimate_dependence,
    join_cells,
    mean_by_block,
    merge_blocks,
)
from evaluation.drift.column_summary import Numbers
from evaluation.terms import Kind, Role

BINS = 100
# the interquartile range of a normal law in standard deviations
NORMAL_QUARTILES = 1.349


@dataclass(frozen=True)
class BinnedColumn:
    """One column's sufficient statistics: counts (bins,) of both samples, and missing values.

    `points` are where the mass of each bin is (categories: 0, 1, ...). `spread` is the pooled
    interquartile range over 1.349, a standard deviation that outliers do not change. `distance` is
    the Wasserstein distance of the samples in the feature's units, finer than the bins.
    """

    name: str
    kind: Kind
    reference: Counts
    current: Counts
    points: Floats
    missing: tuple[int, int]
    spread: float = 1.0
    distance: float = 0.0
    role: Role = "feature"
    importance: float | None = None
    blocks: BlockCounts | None = None


def bin_numbers(
    name: str, reference: Floats, current: Floats, *, in_time_order: bool = False
) -> BinnedColumn:
    """Bin two samples (n,) and (m,), NaN for missing, into at most 100 bins of equal pooled count.

    The bin edges come from the pooled sample alone, so that a permutation of the rows does not
    move them. This sorts the pool: for large samples `bin_cells` on a grid costs a tenth.
    """
    pooled = np.concatenate([reference, current])
    values = np.sort(pooled[~np.isnan(pooled)])
    upper_edges = _upper_edges(values)
    bins = len(upper_edges)
    sides = [_codes(sample, upper_edges) for sample in (reference, current)]
    codes = np.searchsorted(upper_edges, values, side="left")
    counts = np.bincount(codes, minlength=bins)
    blocks = None
    if in_time_order:
        blocks = cut_blocks(sides, bins, estimate_dependence([reference, current]))
    low, high = np.quantile(values, [0.25, 0.75]) if values.size else (0.0, 0.0)
    deviation = float(values.std()) if values.size else 0.0
    return BinnedColumn(
        name=name,
        kind="numerical",
        reference=_count(sides[0], bins),
        current=_count(sides[1], bins),
        points=np.bincount(codes, weights=values, minlength=bins) / np.maximum(counts, 1),
        missing=(int((sides[0] < 0).sum()), int((sides[1] < 0).sum())),
        spread=_spread(float(high - low), deviation),
        distance=wasserstein.between_samples(reference, current),
        blocks=blocks,
    )


def bin_cells(
    name: str,
    reference: Numbers,
    current: Numbers,
    *,
    rows: tuple[Codes, Codes] | None = None,
    samples: tuple[Floats, Floats] | None = None,
    in_blocks: bool = False,
) -> BinnedColumn:
    """Join the cells of two columns on one grid into at most 100 bins of near equal pooled count.

    With `rows` (the cells of the rows in time order, -1 for missing) and their `samples`, the rows
    are cut into blocks; with `in_blocks` the columns' own blocks of time are used, where both have
    them.
    """
    pooled = reference.counts + current.counts
    bin_of_cell = _join_to_bins(pooled)
    bins = int(bin_of_cell[-1]) + 1
    masses = [side.counts * np.nan_to_num(side.points()) for side in (reference, current)]
    filled = np.bincount(bin_of_cell, weights=pooled, minlength=bins)
    mass = np.bincount(bin_of_cell, weights=masses[0] + masses[1], minlength=bins)
    points: Floats = mass / np.maximum(filled, 1)
    blocks = None
    if rows is not None and samples is not None:
        lookup = np.append(bin_of_cell, -1)  # the code -1 reads the last entry
        blocks = cut_blocks(
            [lookup[cells] for cells in rows], bins, estimate_dependence(list(samples))
        )
    elif in_blocks and reference.blocks is not None and current.blocks is not None:
        lookup = np.append(bin_of_cell, bins)
        sides = [join_cells(counts, lookup, bins) for counts in (reference.blocks, current.blocks)]
        means = [mean_by_block(counts, points) for counts in sides]
        blocks = merge_blocks(sides, estimate_dependence(means))
    return BinnedColumn(
        name=name,
        kind="numerical",
        reference=_sum_cells(reference.counts, bin_of_cell, bins),
        current=_sum_cells(current.counts, bin_of_cell, bins),
        points=points,
        missing=(reference.missing, current.missing),
        spread=_spread_of_cells(reference, current, pooled),
        distance=wasserstein.between_cells(reference, current),
        blocks=blocks,
    )


def _upper_edges(values: Floats) -> Floats:
    """Return the highest value of each bin of sorted values (n,): at most 100 quantiles."""
    if values.size == 0:
        return np.array([0.0])
    positions = np.linspace(0, values.size - 1, BINS + 1).round().astype(np.intp)[1:]
    return np.unique(values[positions])


def _codes(sample: Floats, upper_edges: Floats) -> Codes:
    codes = np.searchsorted(upper_edges, sample, side="left").astype(np.intp)
    codes[np.isnan(sample)] = -1
    return codes


def _count(codes: Codes, bins: int) -> Counts:
    return np.bincount(codes[codes >= 0], minlength=bins).astype(np.int64)


def _join_to_bins(pooled: Counts) -> Codes:
    """Return the bin (cells,) of each cell, from the pooled counts (cells,)."""
    # a cell joins the bin that the middle of its rows falls into
    middle = np.cumsum(pooled) - pooled / 2
    quantile = np.minimum(middle * BINS // max(int(pooled.sum()), 1), BINS - 1).astype(np.intp)
    quantile = np.maximum.accumulate(np.where(pooled > 0, quantile, 0))
    return np.unique(quantile, return_inverse=True)[1].astype(np.intp)


def _sum_cells(counts: Counts, bin_of_cell: Codes, bins: int) -> Counts:
    return np.bincount(bin_of_cell, weights=counts, minlength=bins).astype(np.int64)


def _spread_of_cells(reference: Numbers, current: Numbers, pooled: Counts) -> float:
    total = int(pooled.sum())
    if not total:
        return 1.0
    low, high = _pool(reference, current, pooled).quantiles([0.25, 0.75])
    first, last = np.searchsorted(np.cumsum(pooled), [0.25 * total, 0.75 * total])
    # quantiles within the same cell are no more than a guess
    quartile_range = high - low if first != last else 0.0
    return _spread(quartile_range, _pooled_deviation(reference, current))


def _pool(reference: Numbers, current: Numbers, counts: Counts) -> Numbers:
    lows = [side.low for side in (reference, current) if side.low is not None]
    highs = [side.high for side in (reference, current) if side.high is not None]
    return Numbers(
        reference.grid, counts, 0, None, None, min(lows, default=None), max(highs, default=None)
    )


def _pooled_deviation(reference: Numbers, current: Numbers) -> float:
    """Return the standard deviation of both samples together, from the moments of each."""
    moments = [
        (int(side.counts.sum()), side.mean, side.std or 0.0)
        for side in (reference, current)
        if side.mean is not None
    ]
    total = sum(rows for rows, _, _ in moments)
    if total == 0:
        return 0.0
    pooled_mean = sum(rows * mean for rows, mean, _ in moments) / total
    squares = sum(
        (rows - 1) * std**2 + rows * (mean - pooled_mean) ** 2 for rows, mean, std in moments
    )
    return math.sqrt(squares / total)


def _spread(quartile_range: float, deviation: float) -> float:
    # a column that is mostly one value has no interquartile range
    return quartile_range / NORMAL_QUARTILES or deviation or 1.0
