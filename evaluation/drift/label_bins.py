"""From the labels of two samples, or two profiles, to counts of each label. Pure."""

import numpy as np

from evaluation.arrays import Codes, Counts
from evaluation.drift.binning import BinnedColumn
from evaluation.drift.blocks import (
    BlockCounts,
    cut_blocks,
    estimate_dependence,
    join_cells,
    longest_dependence,
    mean_by_block,
    merge_blocks,
)
from evaluation.drift.column_summary import OTHER, CodedLabels, Labels

MAX_CATEGORIES = 200
# the dependence is estimated from the indicators of so many labels
MAX_INDICATORS = 20


def bin_labels(
    name: str,
    reference: Labels,
    current: Labels,
    *,
    rows: tuple[CodedLabels, CodedLabels] | None = None,
    in_blocks: bool = False,
) -> BinnedColumn:
    """Give each label a bin; past 200 labels the pool's rarest share one.

    With `rows` (the labels of the rows in time order) the rows are cut into blocks; with
    `in_blocks` the columns' own blocks of time are used, where both have them.
    """
    bin_of_label = _assign_bins(reference.counts, current.counts)
    bins = max(1, min(len(bin_of_label), MAX_CATEGORIES + 1))
    blocks = None
    if rows is not None:
        blocks = _cut_rows([_codes(side, bin_of_label) for side in rows], bins)
    elif in_blocks and reference.blocks is not None and current.blocks is not None:
        sides = [
            join_cells(blocks, np.array([bin_of_label[label] for label in counts] + [bins]), bins)
            for blocks, counts in (
                (reference.blocks, reference.counts),
                (current.blocks, current.counts),
            )
        ]
        blocks = _merge_blocks(sides, bins)
    return BinnedColumn(
        name=name,
        kind="categorical",
        reference=_sum_labels(reference.counts, bin_of_label, bins),
        current=_sum_labels(current.counts, bin_of_label, bins),
        points=np.arange(bins, dtype=float),
        missing=(reference.missing, current.missing),
        blocks=blocks,
    )


def _assign_bins(reference: dict[str, int], current: dict[str, int]) -> dict[str, int]:
    """Return the bin of each label, the most frequent of both sides first."""
    pooled = {
        label: reference.get(label, 0) + current.get(label, 0) for label in {**reference, **current}
    }
    # the label for "all others" belongs to the rarest
    order = sorted(pooled, key=lambda label: (label == OTHER, -pooled[label], label))
    return {label: min(rank, MAX_CATEGORIES) for rank, label in enumerate(order)}


def _cut_rows(sides: list[Codes], bins: int) -> BlockCounts:
    # how long a label lasts: the longest dependence among the indicators of the labels
    indicators = [
        [np.where(codes < 0, np.nan, codes == label).astype(np.float64) for codes in sides]
        for label in range(min(bins, MAX_INDICATORS))
    ]
    dependence = longest_dependence([estimate_dependence(pair) for pair in indicators])
    return cut_blocks(sides, bins, dependence)


def _merge_blocks(sides: list[Counts], bins: int) -> BlockCounts:
    indicators = np.eye(bins)[: min(bins, MAX_INDICATORS)]
    dependences = [
        estimate_dependence([mean_by_block(blocks, indicator) for blocks in sides])
        for indicator in indicators
    ]
    return merge_blocks(sides, longest_dependence(dependences))


def _codes(side: CodedLabels, bin_of_label: dict[str, int]) -> Codes:
    lookup = np.array([bin_of_label.get(name, -1) for name in side.names] + [-1], dtype=np.intp)
    codes: Codes = lookup[side.codes]
    return codes


def _sum_labels(counts: dict[str, int], bin_of_label: dict[str, int], bins: int) -> Counts:
    codes = [bin_of_label[label] for label in counts]
    return np.bincount(codes, weights=list(counts.values()), minlength=bins).astype(np.int64)
