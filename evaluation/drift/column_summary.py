"""What of a column its scores, pictures and verdict need: counts in cells, and a few moments."""

import math
from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.arrays import Codes, Counts, Floats
from evaluation.drift.grid import Grid
from evaluation.result import Distribution, Statistics, number

BINS = 30
MOST_CATEGORIES = 50
OTHER = "(other)"


class Numbers(msgspec.Struct, frozen=True, tag=True):
    """A numerical column: counts (cells + 2,) on a grid, open cells first and last.

    `outside` are the means of the values in the two open cells. `blocks` (blocks, cells + 3) are
    the same counts by block of time, the last of a row counting missing values.
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
        """Where the mass of each cell (cells + 2,) lies."""
        edges = self.grid.edges()
        below, above = self.outside
        ends = (
            edges[0] if math.isnan(below) else below,
            edges[-1] if math.isnan(above) else above,
        )
        return np.concatenate([[ends[0]], self.grid.middles(), [ends[1]]])

    def quantiles(self, shares: list[float]) -> list[float]:
        """Quantiles by linear interpolation within a cell, at most a cell's width off."""
        total = int(self.counts.sum())
        if total == 0 or self.low is None or self.high is None:
            return [math.nan] * len(shares)
        edges = np.clip(self.grid.edges(), self.low, self.high)
        if self.grid.scale is None and self.grid.per_unit == 1 and self.grid.low % 1 == 0.5:
            # a cell a whole number: between two of them there is nothing
            places = np.concatenate([[self.low], self.grid.middles(), [self.high]])
            at = np.searchsorted(np.cumsum(self.counts), np.array(shares) * (total - 1), "right")
            return [float(value) for value in np.clip(places[at], self.low, self.high)]
        upper = np.concatenate([[self.low], edges, [self.high]])
        reached = np.concatenate([[0], np.cumsum(self.counts)]) / total
        return [float(value) for value in np.interp(shares, reached, upper)]

    def statistics(self) -> Statistics:
        q05, q25, q50, q75, q95 = self.quantiles([0.05, 0.25, 0.5, 0.75, 0.95])
        return Statistics(
            mean=self.mean, std=self.std, min=self.low, max=self.high,
            q05=number(q05), q25=number(q25), q50=number(q50), q75=number(q75), q95=number(q95),
        )  # fmt: skip


class Labels(msgspec.Struct, frozen=True, tag=True):
    """A categorical column: rows a label. `blocks` are the counts by block of time, labels in the
    order of `counts`, the last of a row counting missing values.
    """

    counts: dict[str, int]
    missing: int
    blocks: Counts | None = None

    @property
    def rows(self) -> int:
        return sum(self.counts.values()) + self.missing


@dataclass(frozen=True)
class Coded:
    """Labels of the rows (n,) as positions in `names`; -1 is a missing value."""

    codes: Codes
    names: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, values: npt.NDArray[np.object_]) -> "Coded":
        """From text labels (n,), None for missing."""
        codes, names = pd.factorize(values, use_na_sentinel=True)
        return cls(codes.astype(np.intp), [str(name) for name in names])

    def summary(self) -> Labels:
        counts = np.bincount(self.codes + 1, minlength=len(self.names) + 1)
        return Labels(
            {name: int(count) for name, count in zip(self.names, counts[1:], strict=True) if count},
            int(counts[0]),
        )


def summarise(values: Floats, grid: Grid) -> tuple[Numbers, Codes]:
    """The counts of `values` (n,), NaN for missing, and each row's cell; -1 is missing."""
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
        every = np.full(values.size, -1, dtype=np.intp)
        every[~np.isnan(values)] = codes
        codes = every
    missing = values.size - present.size
    found = Numbers(grid, counts, missing, mean, std, low, high, (outside[0], outside[1]))
    return found, codes


def numerical_distribution(reference: Numbers, current: Numbers) -> Distribution:
    """At most 30 bins of whole cells, and one beyond either end where there are values there."""
    grid = reference.grid
    step = max(1, math.ceil(grid.cells / BINS))
    starts = np.arange(0, grid.cells, step)
    edges = grid.edges()
    bounds = np.append(edges[:-1][starts], edges[-1])
    sides = [np.add.reduceat(side.counts[1:-1], starts) for side in (reference, current)]
    lows = [side.low for side in (reference, current) if side.low is not None]
    highs = [side.high for side in (reference, current) if side.high is not None]
    if any(side.counts[0] for side in (reference, current)):
        bounds = np.concatenate([[min(lows)], bounds])
        sides = [
            np.concatenate([[s.counts[0]], c])
            for s, c in zip((reference, current), sides, strict=True)
        ]
    if any(side.counts[-1] for side in (reference, current)):
        bounds = np.append(bounds, max(highs))
        sides = [
            np.append(c, s.counts[-1]) for s, c in zip((reference, current), sides, strict=True)
        ]
    return Distribution(
        edges=[float(edge) for edge in bounds],
        reference=[int(count) for count in sides[0]],
        current=[int(count) for count in sides[1]],
    )


def categorical_distribution(reference: Labels, current: Labels) -> Distribution:
    """Counts a category, by label; past 50 categories the rarest are summed as "(other)"."""
    both = [reference.counts, current.counts]
    labels = sorted(set(reference.counts) | set(current.counts))
    rest: list[str] = []
    if len(labels) > MOST_CATEGORIES:
        frequent = sorted(labels, key=lambda label: -sum(side.get(label, 0) for side in both))
        rest = frequent[MOST_CATEGORIES:]
        labels = sorted(frequent[:MOST_CATEGORIES])
    sides = [[side.get(label, 0) for label in labels] for side in both]
    if rest:
        sides = [
            [*kept, sum(s.get(label, 0) for label in rest)]
            for kept, s in zip(sides, both, strict=True)
        ]
        labels = [*labels, OTHER]
    return Distribution(categories=labels, reference=sides[0], current=sides[1])
