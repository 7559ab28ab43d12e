"""One column of both data sets: counts for the verdict, statistics and histograms for charts."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from evaluation.arrays import Floats
from evaluation.drift import histograms
from evaluation.drift.binning import BinnedColumn, bin_cells, bin_numbers
from evaluation.drift.column_summary import CodedLabels, Labels, Numbers, summarise
from evaluation.drift.grid import choose_grid
from evaluation.drift.label_bins import bin_labels
from evaluation.result import Distribution, StatisticsOfBoth
from evaluation.terms import Role

# with more rows of both sides, cells on a grid replace the sorted pool
SORTED_ROWS = 20_000
SAMPLE_ROWS = 10_000


@dataclass(frozen=True)
class MeasuredColumn:
    """Counts for the verdict, and what a page draws of the column."""

    binned: BinnedColumn
    distribution: Distribution
    statistics: StatisticsOfBoth | None = None

    def with_role(self, role: Role, importance: float | None) -> "MeasuredColumn":
        """Return the column with its role and the importance that the model gives it."""
        return replace(self, binned=replace(self.binned, role=role, importance=importance))


def measure_rows(
    name: str, reference: pd.Series, current: pd.Series, *, in_time_order: bool = False
) -> MeasuredColumn:
    """Measure the rows of a prepared column (n,) and (m,): categories or float64."""
    if isinstance(reference.dtype, pd.CategoricalDtype):
        return measure_labels(name, reference, current, in_time_order=in_time_order)
    return measure_numbers(
        name, reference.to_numpy(), current.to_numpy(), in_time_order=in_time_order
    )


def measure_summaries(
    name: str, reference: Numbers | Labels, current: Numbers | Labels, *, in_blocks: bool = False
) -> MeasuredColumn:
    """Measure a column from the profiles of two tables, with their blocks of time or without."""
    if isinstance(reference, Numbers) and isinstance(current, Numbers):
        cells = bin_cells(name, reference, current, in_blocks=in_blocks)
        return _from_cells(cells, reference, current)
    assert isinstance(reference, Labels)
    assert isinstance(current, Labels)
    binned = bin_labels(name, reference, current, in_blocks=in_blocks)
    return MeasuredColumn(binned, histograms.histogram_of_labels(reference, current))


def measure_numbers(
    name: str, reference: Floats, current: Floats, *, in_time_order: bool = False
) -> MeasuredColumn:
    """Measure two samples (n,) and (m,), NaN for missing: exact when small, else in fine cells."""
    sides = (reference, current)
    if len(reference) + len(current) <= SORTED_ROWS:
        statistics = StatisticsOfBoth(*map(histograms.describe_sample, sides))
        binned = bin_numbers(name, reference, current, in_time_order=in_time_order)
        return MeasuredColumn(
            binned, histograms.histogram_of_samples(reference, current), statistics
        )
    sample = np.concatenate([side[:: max(1, len(side) // SAMPLE_ROWS)] for side in sides])
    sample = sample[~np.isnan(sample)]
    ends = [(np.fmin.reduce(side), np.fmax.reduce(side)) for side in sides]
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    grid = choose_grid(sample if sample.size else np.array([low, high]), low, high)
    (first, second), cells = zip(*(summarise(side, grid) for side in sides), strict=True)
    binned = bin_cells(
        name, first, second,
        rows=(cells[0], cells[1]) if in_time_order else None,
        samples=sides if in_time_order else None,
    )  # fmt: skip
    return _from_cells(binned, first, second)


def measure_labels(
    name: str, reference: pd.Series, current: pd.Series, *, in_time_order: bool = False
) -> MeasuredColumn:
    """Measure two columns of categories (n,) and (m,)."""
    rows = _encode(reference), _encode(current)
    counts = rows[0].summary(), rows[1].summary()
    binned = bin_labels(name, *counts, rows=rows if in_time_order else None)
    return MeasuredColumn(binned, histograms.histogram_of_labels(*counts))


def _from_cells(binned: BinnedColumn, reference: Numbers, current: Numbers) -> MeasuredColumn:
    statistics = StatisticsOfBoth(reference.statistics(), current.statistics())
    return MeasuredColumn(binned, histograms.histogram_of_cells(reference, current), statistics)


def _encode(column: pd.Series) -> CodedLabels:
    codes = column.cat.codes.to_numpy().astype(np.intp)
    return CodedLabels(codes, [str(name) for name in column.cat.categories])
