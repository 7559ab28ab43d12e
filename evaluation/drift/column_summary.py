"""A column as counts in cells or of labels, and a few moments: enough for scores and charts."""

import math
from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.arrays import Codes, Counts, Floats
from evaluation.drift.grid import Grid
from evaluation.result import Statistics, number

OTHER = "(other)"


class Numbers(msgspec.Struct, frozen=True, tag=True):
    """A numerical column: counts (cells + 2,) on a grid, open cells first and last.

    `outside` are the means of the values in the two open cells. `blocks` (blocks, cells + 3) are
    the same counts by block of time; the last column counts missing values.
    """

    grid: Grid
    counts: Counts
    missing: int
    mean: float | None
    std: float | None
    low: float | None
    high: float | None
    outside: tuple[float, float] = (math.nan, math.nan)
    blocks: Counts | None = None

    @property
    def rows(self) -> int:
        return int(self.counts.sum()) + self.missing

    def points(self) -> Floats:
        """Return where the mass of each cell (cells + 2,) is."""
        edges = self.grid.edges()
        below, above = self.outside
        ends = (
            edges[0] if math.isnan(below) else below,
            edges[-1] if math.isnan(above) else above,
        )
        return np.concatenate([[ends[0]], self.grid.middles(), [ends[1]]])

    def quantiles(self, shares: list[float]) -> list[float]:
        """Return quantiles, interpolated linearly within a cell: at most a cell's width off."""
        total = int(self.counts.sum())
        if total == 0 or self.low is None or self.high is None:
            return [math.nan] * len(shares)
        edges = np.clip(self.grid.edges(), self.low, self.high)
        if self.grid.scale is None and self.grid.per_unit == 1 and self.grid.low % 1 == 0.5:
            # one whole number per cell: nothing between two of them
            points = np.concatenate([[self.low], self.grid.middles(), [self.high]])
            ranks = np.array(shares) * (total - 1)
            cells = np.searchsorted(np.cumsum(self.counts), ranks, "right")
            return [float(value) for value in np.clip(points[cells], self.low, self.high)]
        upper = np.concatenate([[self.low], edges, [self.high]])
        cumulative = np.concatenate([[0], np.cumsum(self.counts)]) / total
        return [float(value) for value in np.interp(shares, cumulative, upper)]

    def statistics(self) -> Statistics:
        """Return the moments, and quantiles that are at most a cell's width off."""
        q05, q25, q50, q75, q95 = self.quantiles([0.05, 0.25, 0.5, 0.75, 0.95])
        return Statistics(
            mean=self.mean, std=self.std, min=self.low, max=self.high,
            q05=number(q05), q25=number(q25), q50=number(q50), q75=number(q75), q95=number(q95),
        )  # fmt: skip


class Labels(msgspec.Struct, frozen=True, tag=True):
    """A categorical column: the number of rows with each label.

    `blocks` (blocks, labels + 1) are the counts by block of time, labels in the order of `counts`;
    the last column counts missing values.
    """

    counts: dict[str, int]
    missing: int
    blocks: Counts | None = None

    @property
    def rows(self) -> int:
        return sum(self.counts.values()) + self.missing


@dataclass(frozen=True)
class CodedLabels:
    """The labels of the rows (n,) as indexes into `names`; -1 is a missing value."""

    codes: Codes
    names: list[str] = field(default_factory=list)

    @classmethod
    def from_values(cls, values: npt.NDArray[np.object_]) -> "CodedLabels":
        """Encode text labels (n,), None for missing."""
        codes, names = pd.factorize(values, use_na_sentinel=True)
        return cls(codes.astype(np.intp), [str(name) for name in names])

    def summary(self) -> Labels:
        """Count the rows of each label that has any."""
        counts = np.bincount(self.codes + 1, minlength=len(self.names) + 1)
        return Labels(
            {name: int(count) for name, count in zip(self.names, counts[1:], strict=True) if count},
            int(counts[0]),
        )


def summarise(values: Floats, grid: Grid) -> tuple[Numbers, Codes]:
    """Count `values` (n,), NaN for missing; return the counts and the cell (n,) of each row.

    The cell of a missing value is -1.
    """
    present = values[~np.isnan(values)] if math.isnan(float(values.sum())) else values
    codes = grid.codes(present)
    counts = np.bincount(codes, minlength=grid.cells + 2).astype(np.int64)
    low = high = mean = std = None
    if present.size:
        low, high, mean = float(present.min()), float(present.max()), number(present.mean())
        std = number(present.std(ddof=1)) if present.size > 1 else None
    outside = [
        float(present[codes == end].mean()) if counts[end] else math.nan
        for end in (0, grid.cells + 1)
    ]
    if present.size != values.size:
        codes_of_rows = np.full(values.size, -1, dtype=np.intp)
        codes_of_rows[~np.isnan(values)] = codes
        codes = codes_of_rows
    missing = values.size - present.size
    summary = Numbers(grid, counts, missing, mean, std, low, high, (outside[0], outside[1]))
    return summary, codes
