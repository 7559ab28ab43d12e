"""Which correlations between columns moved from the reference to the current data. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from evaluation.arrays import Floats
from evaluation.drift import blocks as row_blocks
from evaluation.drift.blocks import LEAST_BLOCKS_A_SIDE, MOST_BLOCKS
from evaluation.result import Correlations, Sides, number

MOST_COLUMNS = 50
MOST_ROWS = 10_000
LEAST_ROWS = 30
DRAWS = 499
# a smaller change of a correlation says little even where it is not by chance
LEAST_CHANGE = 0.1
SEED = 20110101


def changes(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[str],
    *,
    in_time_order: bool,
    importance: Mapping[str, float] | None = None,
    alpha: float = 0.05,
) -> Correlations | None:
    """Spearman's correlation of each pair of numerical columns, NaN for missing, on both sides.

    The null permutes rows, or blocks of rows in time order, between the sides, of values that are
    ranked within their own side: a shift of the values is no change of their correlation. p-values
    are corrected for the number of pairs by the largest statistic of each draw (Westfall and Young
    1993). At most 50 columns (the most important ones) and 10,000 evenly spaced rows of a side are
    looked at; None where there are fewer than two columns or 30 rows of a side.
    """
    names = _chosen(columns, importance or {})
    if len(names) < 2 or min(len(reference), len(current)) < LEAST_ROWS:
        return None
    taken = [_spaced(side[names].to_numpy(dtype=np.float64)) for side in (reference, current)]
    ranked = [_ranked(side) for side in taken]
    length, widening = _dependence(ranked) if in_time_order else (1, 1.0)
    rows = [len(side) for side in ranked]
    # few rows are not cut into blocks longer than a fifth of them
    length = max(length, min(-(-sum(rows) // MOST_BLOCKS), min(rows) // LEAST_BLOCKS_A_SIDE))
    parts = [_sums(side, length, strided=not in_time_order) for side in ranked]
    pairs = np.triu_indices(len(names), 1)
    first, second = (_correlations(part.sum(axis=0, keepdims=True), pairs)[0] for part in parts)
    p_values = _p_values(second - first, parts, pairs, widening)
    return Correlations(
        columns=names,
        reference=[_rounded(value) for value in first],
        current=[_rounded(value) for value in second],
        p_value=[_rounded(value) for value in p_values],
        rows=Sides(*(len(side) for side in ranked)),
        block_rows=length if in_time_order else None,
        alpha=alpha,
        minimum_change=LEAST_CHANGE,
        left_out=len(columns) - len(names),
    )


def _chosen(columns: Sequence[str], importance: Mapping[str, float]) -> list[str]:
    if len(columns) <= MOST_COLUMNS:
        return list(columns)
    kept = set(sorted(columns, key=lambda name: -importance.get(name, 0.0))[:MOST_COLUMNS])
    return [name for name in columns if name in kept]


def _spaced(rows: Floats) -> Floats:
    return rows[:: -(-len(rows) // MOST_ROWS)]


def _ranked(rows: Floats) -> Floats:
    """Ranks (n, p) with mean 0 and variance 1 in each column; NaN stays, a constant is NaN."""
    ranks = stats.rankdata(rows, axis=0, nan_policy="omit").astype(np.float64)
    ranks[np.isnan(rows)] = np.nan
    present = (~np.isnan(ranks)).sum(axis=0)
    centred = ranks - np.nansum(ranks, axis=0) / np.maximum(present, 1)
    spread = np.sqrt(np.nansum(centred**2, axis=0) / np.maximum(present, 1))
    return np.asarray(centred / np.where(spread > 0, spread, np.nan))


def _dependence(sides: list[Floats]) -> tuple[int, float]:
    found = row_blocks.longest(
        [row_blocks.dependence([side[:, column] for side in sides])
         for column in range(sides[0].shape[1])]
    )  # fmt: skip
    return found.length, found.widening


def _sums(rows: Floats, length: int, *, strided: bool) -> Floats:
    """What correlations are made of, by block (blocks, 4, p, p), over rows that have both values:
    counts, sums and sums of squares of the first, sums of products."""
    count = row_blocks.blocks_in(len(rows), length)
    block = np.arange(len(rows)) % count if strided else row_blocks.block_of(len(rows), count)
    order = np.argsort(block, kind="stable")
    made = np.empty((count, 4, rows.shape[1], rows.shape[1]))
    for number_, some in enumerate(np.split(order, np.cumsum(np.bincount(block))[:-1])):
        there = (~np.isnan(rows[some])).astype(np.float64)
        values = np.nan_to_num(rows[some])
        made[number_] = (
            there.T @ there, values.T @ there, (values**2).T @ there, values.T @ values,
        )  # fmt: skip
    return made


def _correlations(sums: Floats, pairs: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]) -> Floats:
    """Correlations (k, pairs) of sums (k, 4, p, p); NaN where a column does not vary."""
    i, j = pairs
    count = sums[:, 0, i, j]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = sums[:, 1, i, j] / count, sums[:, 1, j, i] / count
        variances = (
            sums[:, 2, i, j] / count - means[0] ** 2,
            sums[:, 2, j, i] / count - means[1] ** 2,
        )
        product = variances[0] * variances[1]
        found = (sums[:, 3, i, j] / count - means[0] * means[1]) / np.sqrt(product)
    return np.where((count >= LEAST_ROWS) & (product > 1e-12), np.clip(found, -1, 1), np.nan)


def _p_values(
    change: Floats,
    parts: list[Floats],
    pairs: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]],
    widening: float,
) -> Floats:
    """Corrected p-values (pairs,) of the changes; NaN where there is none."""
    random = np.random.default_rng(SEED)
    parts = [row_blocks.thinned(part) for part in parts]
    blocks, shape = np.concatenate(parts), parts[0].shape[1:]
    flat = blocks.reshape(len(blocks), -1)
    drawn = np.zeros((DRAWS, len(blocks)))
    for row in drawn:
        row[random.permutation(len(blocks))[: len(parts[1])]] = 1.0
    current = (drawn @ flat).reshape(DRAWS, *shape)
    rest = flat.sum(axis=0).reshape(shape) - current
    null = _correlations(current, pairs) - _correlations(rest, pairs)
    known = np.isfinite(change) & (np.isfinite(null).sum(axis=0) > DRAWS // 2)
    made = np.full(change.shape, np.nan)
    if not known.any():
        return made
    spread = np.sqrt(np.nanmean(null[:, known] ** 2, axis=0))
    spread = np.maximum(spread, 1e-12)
    largest = np.nanmax(np.abs(np.nan_to_num(null[:, known])) / spread, axis=1)
    statistic = np.abs(change[known]) / (spread * widening)
    made[known] = (1 + (largest[:, None] >= statistic).sum(axis=0)) / (DRAWS + 1)
    return made


def _rounded(value: float) -> float | None:
    finite = number(value)
    return None if finite is None else round(finite, 4)
