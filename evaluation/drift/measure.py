"""A column of both data sets as the verdict, the numbers and the pictures need it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.arrays import Floats
from evaluation.drift import histograms
from evaluation.drift.binning import Binned, Role, bin_cells, bin_labels, bin_numbers
from evaluation.drift.column_summary import (
    Coded,
    Labels,
    Numbers,
    categorical_distribution,
    numerical_distribution,
    summarise,
)
from evaluation.drift.grid import choose
from evaluation.result import Distribution, StatisticsOfBoth

# past so many rows of both sides cells on a grid replace the sorted pool
SORTED_ROWS = 20_000
SAMPLE_ROWS = 10_000


@dataclass(frozen=True)
class Measured:
    """Counts for the verdict, and what a page draws of the column."""

    binned: Binned
    distribution: Distribution
    statistics: StatisticsOfBoth | None = None


def numbers(
    name: str,
    reference: Floats,
    current: Floats,
    *,
    role: Role,
    importance: float | None = None,
    in_time_order: bool = False,
) -> Measured:
    """Two samples (n,) and (m,), NaN for missing; exact when small, in fine cells when large."""
    if len(reference) + len(current) <= SORTED_ROWS:
        binned = bin_numbers(
            name, reference, current,
            role=role, importance=importance, in_time_order=in_time_order,
        )  # fmt: skip
        both = StatisticsOfBoth(*map(histograms.statistics, (reference, current)))
        return Measured(binned, histograms.numerical(reference, current), both)
    sides = (reference, current)
    sample = np.concatenate([side[:: max(1, len(side) // SAMPLE_ROWS)] for side in sides])
    sample = sample[~np.isnan(sample)]
    ends = [(np.fmin.reduce(side), np.fmax.reduce(side)) for side in sides]
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    grid = choose(sample if sample.size else np.array([low, high]), low, high)
    (first, second), cells = zip(*(summarise(side, grid) for side in sides), strict=True)
    binned = bin_cells(
        name, first, second,
        role=role, importance=importance,
        rows=(cells[0], cells[1]) if in_time_order else None,
        samples=sides if in_time_order else None,
    )  # fmt: skip
    return of_numbers(binned, first, second)


def of_numbers(binned: Binned, reference: Numbers, current: Numbers) -> Measured:
    both = StatisticsOfBoth(reference.statistics(), current.statistics())
    return Measured(binned, numerical_distribution(reference, current), both)


def labels(
    name: str,
    reference: pd.Series,
    current: pd.Series,
    *,
    role: Role,
    importance: float | None = None,
    in_time_order: bool = False,
) -> Measured:
    """Two columns of categories (n,) and (m,)."""
    first, second = _coded(reference), _coded(current)
    summaries = first.summary(), second.summary()
    binned = bin_labels(
        name, *summaries,
        role=role, importance=importance,
        rows=(first, second) if in_time_order else None,
    )  # fmt: skip
    return of_labels(binned, *summaries)


def of_labels(binned: Binned, reference: Labels, current: Labels) -> Measured:
    return Measured(binned, categorical_distribution(reference, current))


def _coded(column: pd.Series) -> Coded:
    codes = column.cat.codes.to_numpy().astype(np.intp)
    return Coded(codes, [str(name) for name in column.cat.categories])
