"""From two raw samples to counts in bins of the pooled sample. Pure."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from evaluation import null_band
from evaluation.schema import Kind
from evaluation.scores import Counts, Floats

BINS = 100
MOST_CATEGORIES = 200

Role = Literal["feature", "calendar", "target", "prediction"]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Blocks:
    """Counts (blocks, bins + 1) in time order; the last bin counts missing values."""

    counts: Counts
    current: int
    rows: int


@dataclass(frozen=True)
class Binned:
    """One column's sufficient statistics: counts (bins,) of both samples, and missing values.

    `points` are the mean of each bin's pooled values (categories: 0, 1, ...). `spread` is the
    pooled interquartile range over 1.349, a standard deviation that outliers don't move.
    """

    name: str
    kind: Kind
    reference: Counts
    current: Counts
    points: Floats
    missing: tuple[int, int]
    spread: float = 1.0
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

    The edges come from the pooled sample alone, so that exchanging rows does not move them.
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
        blocks = _blocks(sides, len(last), null_band.block_length([reference, current]))
    return Binned(
        name=name,
        kind="numerical",
        reference=_counted(sides[0], len(last)),
        current=_counted(sides[1], len(last)),
        points=points,
        missing=(int((sides[0] < 0).sum()), int((sides[1] < 0).sum())),
        spread=_spread(valued),
        role=role,
        importance=importance,
        blocks=blocks,
    )


def bin_labels(
    name: str,
    reference: npt.NDArray[np.object_],
    current: npt.NDArray[np.object_],
    *,
    role: Role = "feature",
    importance: float | None = None,
    in_time_order: bool = False,
) -> Binned:
    """Count two samples of labels, None for missing; past 200 the pool's rarest share a bin."""
    pooled = np.concatenate([reference, current])
    valued = np.array([label is not None and label == label for label in pooled], dtype=bool)
    labels, positions = np.unique(pooled[valued].astype(str), return_inverse=True)
    frequent = np.argsort(-np.bincount(positions, minlength=len(labels)), kind="stable")
    rank = np.empty(len(labels), dtype=np.intp)
    rank[frequent] = np.minimum(np.arange(len(labels)), MOST_CATEGORIES)
    codes = np.full(len(pooled), -1, dtype=np.intp)
    codes[valued] = rank[positions]
    bins = max(1, min(len(labels), MOST_CATEGORIES + 1))
    sides = [codes[: len(reference)], codes[len(reference) :]]
    blocks = None
    if in_time_order:
        # how long a label lasts: the longest dependence among the indicators of the labels
        indicators = [
            [np.where(side < 0, np.nan, side == code).astype(float) for side in sides]
            for code in range(min(bins, 20))
        ]
        length = max(null_band.block_length(pair) for pair in indicators)
        blocks = _blocks(sides, bins, length)
    return Binned(
        name=name,
        kind="categorical",
        reference=_counted(sides[0], bins),
        current=_counted(sides[1], bins),
        points=np.arange(bins, dtype=float),
        missing=(int((sides[0] < 0).sum()), int((sides[1] < 0).sum())),
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


def _blocks(sides: list[Codes], bins: int, length: int) -> Blocks:
    with_missing = [np.where(side < 0, bins, side) for side in sides]
    counts = null_band.block_counts(with_missing, length, bins + 1)
    return Blocks(counts=counts, current=-(-len(sides[1]) // length), rows=length)


def _spread(valued: Floats) -> float:
    if valued.size == 0:
        return 1.0
    low, high = np.quantile(valued, [0.25, 0.75])
    # a column that holds mostly one value has no interquartile range
    spread = float(high - low) / 1.349 or float(valued.std())
    return spread or 1.0
