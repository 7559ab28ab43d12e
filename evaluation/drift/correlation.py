"""Which correlations between columns changed from the reference to the current data. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from evaluation.arrays import Codes, Floats
from evaluation.drift.blocks import (
    MAX_BLOCKS,
    MIN_BLOCKS_PER_SIDE,
    assign_blocks,
    estimate_dependence,
    longest_dependence,
    number_of_blocks,
    thin_blocks,
)
from evaluation.result import Correlations, Sides, number

Pairs = tuple[Codes, Codes]  # the first and the second column of each pair

MAX_COLUMNS = 50
MAX_ROWS = 10_000
MIN_ROWS = 30
DRAWS = 499
# a smaller change of a correlation means little even where it is not by chance
MIN_CHANGE = 0.1
MIN_VARIANCE = 1e-12
SEED = 20110101


def compare_correlations(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[str],
    *,
    in_time_order: bool,
    importance: Mapping[str, float] | None = None,
    alpha: float = 0.05,
) -> Correlations | None:
    """Compare Spearman's correlation of each pair of numerical columns, NaN for missing.

    The permutation exchanges rows, or blocks of rows in time order, between the sides. The values
    are ranked within their own side: a shift of the values is not a change of their correlation.
    p-values are corrected for the number of pairs by the largest statistic of each permutation
    (Westfall and Young, 1993). At most the 50 most important columns and 10,000 evenly spaced rows
    of each side are used; None with fewer than two columns or 30 rows of a side.
    """
    names = _choose_columns(columns, importance or {})
    if len(names) < 2 or min(len(reference), len(current)) < MIN_ROWS:
        return None
    sides = [side[names].to_numpy(dtype=np.float64) for side in (reference, current)]
    ranks = [_rank(side[:: -(-len(side) // MAX_ROWS)]) for side in sides]
    length, widening = _block_length(ranks) if in_time_order else (1, 1.0)
    rows = [len(side) for side in ranks]
    # few rows are not cut into blocks longer than a fifth of them
    length = max(length, min(-(-sum(rows) // MAX_BLOCKS), min(rows) // MIN_BLOCKS_PER_SIDE))
    blocks = [_sum_by_block(side, length, strided=not in_time_order) for side in ranks]
    pairs = np.triu_indices(len(names), 1)
    first, second = (_correlate(side.sum(axis=0, keepdims=True), pairs)[0] for side in blocks)
    p_values = _p_values(second - first, blocks, pairs, widening)
    return Correlations(
        columns=names,
        reference=[_round(value) for value in first],
        current=[_round(value) for value in second],
        p_value=[_round(value) for value in p_values],
        rows=Sides(*rows),
        block_rows=length if in_time_order else None,
        alpha=alpha,
        minimum_change=MIN_CHANGE,
        left_out=len(columns) - len(names),
    )


def _choose_columns(columns: Sequence[str], importance: Mapping[str, float]) -> list[str]:
    if len(columns) <= MAX_COLUMNS:
        return list(columns)
    most_important = sorted(columns, key=lambda name: -importance.get(name, 0.0))[:MAX_COLUMNS]
    return [name for name in columns if name in most_important]


def _rank(rows: Floats) -> Floats:
    """Return ranks (n, p) with mean 0 and variance 1 in each column; NaN for NaN and constants."""
    # scipy.stats takes half of the start of the command to import
    from scipy.stats import rankdata

    ranks = rankdata(rows, axis=0, nan_policy="omit").astype(np.float64)
    ranks[np.isnan(rows)] = np.nan
    present = (~np.isnan(ranks)).sum(axis=0)
    centred = ranks - np.nansum(ranks, axis=0) / np.maximum(present, 1)
    spread = np.sqrt(np.nansum(centred**2, axis=0) / np.maximum(present, 1))
    return np.asarray(centred / np.where(spread > 0, spread, np.nan))


def _block_length(sides: list[Floats]) -> tuple[int, float]:
    """Return the rows in a block and the widening, by the column with the longest dependence."""
    dependence = longest_dependence(
        [
            estimate_dependence([side[:, column] for side in sides])
            for column in range(sides[0].shape[1])
        ]
    )
    return dependence.length, dependence.widening


def _sum_by_block(rows: Floats, length: int, *, strided: bool) -> Floats:
    """Sum up by block (blocks, 4, p, p) what correlations need, over rows that have both values.

    The four are counts, sums and sums of squares of the first column, and sums of products.
    """
    count = number_of_blocks(len(rows), length)
    block = np.arange(len(rows)) % count if strided else assign_blocks(len(rows), count)
    order = np.argsort(block, kind="stable")
    sums = np.empty((count, 4, rows.shape[1], rows.shape[1]))
    for position, members in enumerate(np.split(order, np.cumsum(np.bincount(block))[:-1])):
        present = (~np.isnan(rows[members])).astype(np.float64)
        values = np.nan_to_num(rows[members])
        sums[position] = (
            present.T @ present, values.T @ present, (values**2).T @ present, values.T @ values,
        )  # fmt: skip
    return sums


def _correlate(sums: Floats, pairs: Pairs) -> Floats:
    """Return correlations (k, pairs) of sums (k, 4, p, p); NaN where a column is constant."""
    i, j = pairs
    count = sums[:, 0, i, j]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = sums[:, 1, i, j] / count, sums[:, 1, j, i] / count
        variances = (
            sums[:, 2, i, j] / count - means[0] ** 2,
            sums[:, 2, j, i] / count - means[1] ** 2,
        )
        product = variances[0] * variances[1]
        covariance = sums[:, 3, i, j] / count - means[0] * means[1]
        correlations = np.clip(covariance / np.sqrt(product), -1, 1)
    return np.where((count >= MIN_ROWS) & (product > MIN_VARIANCE), correlations, np.nan)


def _p_values(change: Floats, sides: list[Floats], pairs: Pairs, widening: float) -> Floats:
    """Return the corrected p-values (pairs,) of the changes (pairs,); NaN where there is none."""
    null = _permute_changes([thin_blocks(side) for side in sides], pairs)
    has_null = np.isfinite(change) & (np.isfinite(null).sum(axis=0) > DRAWS // 2)
    p_values = np.full(change.shape, np.nan)
    if not has_null.any():
        return p_values
    spread = np.maximum(np.sqrt(np.nanmean(null[:, has_null] ** 2, axis=0)), 1e-12)
    largest = np.nanmax(np.abs(np.nan_to_num(null[:, has_null])) / spread, axis=1)
    statistic = np.abs(change[has_null]) / (spread * widening)
    p_values[has_null] = (1 + (largest[:, None] >= statistic).sum(axis=0)) / (DRAWS + 1)
    return p_values


def _permute_changes(sides: list[Floats], pairs: Pairs) -> Floats:
    """Draw changes (draws, pairs) with the blocks of sums permuted between the sides."""
    random = np.random.default_rng(SEED)
    blocks, shape = np.concatenate(sides), sides[0].shape[1:]
    sums = blocks.reshape(len(blocks), -1)
    is_current = np.zeros((DRAWS, len(blocks)))
    for draw in is_current:
        draw[random.permutation(len(blocks))[: len(sides[1])]] = 1.0
    current = (is_current @ sums).reshape(DRAWS, *shape)
    reference = sums.sum(axis=0).reshape(shape) - current
    return _correlate(current, pairs) - _correlate(reference, pairs)


def _round(value: float) -> float | None:
    finite = number(value)
    return None if finite is None else round(finite, 4)
