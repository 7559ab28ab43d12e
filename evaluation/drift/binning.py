"""From two samples, or two profiles, to counts in bins of the pooled sample. Pure."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.arrays import Codes, Counts, Floats
from evaluation.drift import blocks as time_blocks
from evaluation.drift.blocks import Blocks, block_means, cut_blocks, join_cells, merge_blocks
from evaluation.drift.column_summary import OTHER, Coded, Labels, Numbers
from evaluation.drift.wasserstein import between_cells, between_samples
from evaluation.inputs.schema import Kind

BINS = 100
MOST_CATEGORIES = 200
# indicators of so many labels are looked at for how long a label lasts
MOST_INDICATORS = 20

Role = Literal["feature", "calendar", "target", "prediction"]


@dataclass(frozen=True)
class Binned:
    """One column's sufficient statistics: counts (bins,) of both samples, and missing values.

    `points` are where the mass of each bin lies (categories: 0, 1, ...). `spread` is the pooled
    interquartile range over 1.349, a standard deviation that outliers don't move. `distance` is
    the Wasserstein distance of the samples in the feature's units, finer than the bins tell it.
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
    blocks: Blocks | None = None


def bin_numbers(
    name: str,
    reference: Floats,
    current: Floats,
    *,
    role: Role = "feature",
    importance: float | None = None,
    in_time_order: bool = False,
) -> Binned:
    """Bin two samples (n,) and (m,), NaN for missing, on at most 100 bins of equal pooled count.

    The edges come from the pooled sample alone, so that exchanging rows does not move them. This
    sorts the pool: for large samples `bin_cells` on a grid costs a tenth.
    """
    pooled = np.concatenate([reference, current])
    valued = np.sort(pooled[~np.isnan(pooled)])
    if valued.size:
        places = np.linspace(0, valued.size - 1, BINS + 1).round().astype(np.intp)[1:]
        last = np.unique(valued[places])
    else:
        last = np.array([0.0])
    sides = [_codes(side, last) for side in (reference, current)]
    codes = np.searchsorted(last, valued, side="left")
    counts = np.bincount(codes, minlength=len(last))
    points = np.bincount(codes, weights=valued, minlength=len(last)) / np.maximum(counts, 1)
    blocks = None
    if in_time_order:
        blocks = cut_blocks(sides, len(last), time_blocks.dependence([reference, current]))
    low, high = np.quantile(valued, [0.25, 0.75]) if valued.size else (0.0, 0.0)
    deviation = float(valued.std()) if valued.size else 0.0
    return Binned(
        name=name,
        kind="numerical",
        reference=_counted(sides[0], len(last)),
        current=_counted(sides[1], len(last)),
        points=points,
        missing=(int((sides[0] < 0).sum()), int((sides[1] < 0).sum())),
        spread=_spread(float(high - low), deviation),
        distance=between_samples(reference, current),
        role=role,
        importance=importance,
        blocks=blocks,
    )


def bin_cells(
    name: str,
    reference: Numbers,
    current: Numbers,
    *,
    role: Role = "feature",
    importance: float | None = None,
    rows: tuple[Codes, Codes] | None = None,
    samples: tuple[Floats, Floats] | None = None,
    in_blocks: bool = False,
) -> Binned:
    """Join the cells of two profiles on one grid into at most 100 bins of near equal pooled count.

    With `rows` (the cells of the rows in time order, -1 for missing) and their `samples`, blocks
    of rows are kept; else the profiles' own blocks of time, where both have them.
    """
    pooled = reference.counts + current.counts
    total = int(pooled.sum())
    # a cell joins the bin in which the middle of its rows falls
    middle = np.cumsum(pooled) - pooled / 2
    wanted = np.minimum(middle * BINS // max(total, 1), BINS - 1).astype(np.intp)
    wanted = np.maximum.accumulate(np.where(pooled > 0, wanted, 0))
    bins_of_cells = np.unique(wanted, return_inverse=True)[1].astype(np.intp)
    bins = int(bins_of_cells[-1]) + 1
    masses = [side.counts * np.nan_to_num(side.points()) for side in (reference, current)]
    filled = np.bincount(bins_of_cells, weights=pooled, minlength=bins)
    mass = np.bincount(bins_of_cells, weights=masses[0] + masses[1], minlength=bins)
    points: Floats = mass / np.maximum(filled, 1)
    blocks = None
    if rows is not None and samples is not None:
        lookup = np.append(bins_of_cells, -1)  # the last place is what -1 finds
        found = time_blocks.dependence(list(samples))
        blocks = cut_blocks([lookup[side] for side in rows], bins, found)
    elif in_blocks and reference.blocks is not None and current.blocks is not None:
        lookup = np.append(bins_of_cells, bins)
        sides = [join_cells(side, lookup, bins) for side in (reference.blocks, current.blocks)]
        blocks = merge_blocks(
            sides, time_blocks.dependence([block_means(side, points) for side in sides])
        )
    low, high = _pool(reference, current, pooled).quantiles([0.25, 0.75])
    first, last = np.searchsorted(np.cumsum(pooled), [0.25 * total, 0.75 * total])
    # within one cell quantiles are no more than a guess
    apart = high - low if first != last else 0.0
    return Binned(
        name=name,
        kind="numerical",
        reference=_sums(reference.counts, bins_of_cells, bins),
        current=_sums(current.counts, bins_of_cells, bins),
        points=points,
        missing=(reference.missing, current.missing),
        spread=_spread(apart, _pooled_deviation(reference, current)) if total else 1.0,
        distance=between_cells(reference, current),
        role=role,
        importance=importance,
        blocks=blocks,
    )


def bin_labels(
    name: str,
    reference: Labels,
    current: Labels,
    *,
    role: Role = "feature",
    importance: float | None = None,
    rows: tuple[Coded, Coded] | None = None,
    in_blocks: bool = False,
) -> Binned:
    """A bin a label; past 200 the pool's rarest share one.

    With `rows` (the labels of the rows in time order) blocks of rows are kept; `in_blocks` takes
    the profiles' own blocks of time.
    """
    both = [reference.counts, current.counts]
    pooled = {label: sum(side.get(label, 0) for side in both) for label in {**both[0], **both[1]}}
    # what stands for many labels stands with the rarest
    order = sorted(pooled, key=lambda label: (label == OTHER, -pooled[label], label))
    bin_of = {label: min(place, MOST_CATEGORIES) for place, label in enumerate(order)}
    bins = max(1, min(len(order), MOST_CATEGORIES + 1))
    blocks = None
    if rows is not None:
        sides = [_placed(side, bin_of) for side in rows]
        # how long a label lasts: the longest dependence among the indicators of the labels
        indicators = [
            [np.where(side < 0, np.nan, side == place).astype(np.float64) for side in sides]
            for place in range(min(bins, MOST_INDICATORS))
        ]
        blocks = cut_blocks(
            sides,
            bins,
            time_blocks.longest([time_blocks.dependence(pair) for pair in indicators]),
        )
    elif in_blocks and reference.blocks is not None and current.blocks is not None:
        lookups = [np.array([bin_of[label] for label in side] + [bins]) for side in both]
        joined = [
            join_cells(side, lookup, bins)
            for side, lookup in zip((reference.blocks, current.blocks), lookups, strict=True)
        ]
        units = np.eye(bins)[: min(bins, MOST_INDICATORS)]
        lengths = [
            time_blocks.dependence([block_means(side, unit) for side in joined]) for unit in units
        ]
        blocks = merge_blocks(joined, time_blocks.longest(lengths))
    return Binned(
        name=name,
        kind="categorical",
        reference=_summed(reference.counts, bin_of, bins),
        current=_summed(current.counts, bin_of, bins),
        points=np.arange(bins, dtype=float),
        missing=(reference.missing, current.missing),
        role=role,
        importance=importance,
        blocks=blocks,
    )


def _codes(sample: Floats, last: Floats) -> Codes:
    codes = np.searchsorted(last, sample, side="left").astype(np.intp)
    codes[np.isnan(sample)] = -1
    return codes


def _counted(codes: Codes, bins: int) -> Counts:
    return np.bincount(codes[codes >= 0], minlength=bins).astype(np.int64)


def _sums(counts: Counts, bins_of_cells: Codes, bins: int) -> Counts:
    return np.bincount(bins_of_cells, weights=counts, minlength=bins).astype(np.int64)


def _placed(side: Coded, bin_of: dict[str, int]) -> Codes:
    lookup = np.array([bin_of.get(name, -1) for name in side.names] + [-1], dtype=np.intp)
    found: Codes = lookup[side.codes]
    return found


def _summed(counts: dict[str, int], bin_of: dict[str, int], bins: int) -> Counts:
    places = [bin_of[label] for label in counts]
    return np.bincount(places, weights=list(counts.values()), minlength=bins).astype(np.int64)


def _pool(reference: Numbers, current: Numbers, counts: Counts) -> Numbers:
    lows = [side.low for side in (reference, current) if side.low is not None]
    highs = [side.high for side in (reference, current) if side.high is not None]
    return Numbers(
        reference.grid, counts, 0, None, None, min(lows, default=None), max(highs, default=None)
    )


def _pooled_deviation(reference: Numbers, current: Numbers) -> float:
    """The standard deviation of both samples together, from the moments of each."""
    sides = [
        (int(side.counts.sum()), side.mean, side.std or 0.0)
        for side in (reference, current)
        if side.mean is not None
    ]
    total = sum(rows for rows, _, _ in sides)
    if total == 0:
        return 0.0
    mean = sum(rows * own for rows, own, _ in sides) / total
    squares = sum((rows - 1) * std**2 + rows * (own - mean) ** 2 for rows, own, std in sides)
    return math.sqrt(squares / total)


def _spread(quartiles_apart: float, deviation: float) -> float:
    # a column that holds mostly one value has no interquartile range
    return quartiles_apart / 1.349 or deviation or 1.0
