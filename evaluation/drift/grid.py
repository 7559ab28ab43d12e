"""Cells that a numerical column is counted in, the same in numpy and in SQL. Pure."""

import math

import msgspec
import numpy as np

from evaluation.arrays import Codes, Floats

CELLS = 3840
# so much wider than its middle nine tenths, and a column needs cells that grow with the distance
LONG_TAILED = 10.0
LEAST_HALF = 1e-109


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """`cells` cells of equal width from `low` to `high`, and one open cell on either side.

    With a `scale` the width is equal in asinh((x - centre) / scale), in which `low` and `high` are
    given too: cells that grow with the distance from the centre, for columns with long tails.
    """

    low: float
    high: float
    cells: int
    centre: float = 0.0
    scale: float | None = None

    @property
    def per_unit(self) -> float:
        return self.cells / (self.high - self.low)

    def codes(self, values: Floats) -> Codes:
        """Cell of each of `values` (n,), which has no NaN: 0 below, 1 to cells, cells + 1 above."""
        placed = self.placed(values)
        if placed.size == 0 or (placed.min() >= self.low and placed.max() <= self.high):
            return self._closed(placed)
        codes = self._closed(np.clip(placed, self.low, self.high))
        codes[placed < self.low] = 0
        codes[placed > self.high] = self.cells + 1
        return codes

    def _closed(self, placed: Floats) -> Codes:
        codes = ((placed - self.low) * self.per_unit).astype(np.intp)
        np.minimum(codes, self.cells - 1, out=codes)
        codes += 1
        return codes

    def placed(self, values: Floats) -> Floats:
        if self.scale is None:
            return values
        return np.arcsinh((values - self.centre) / self.scale)

    def edges(self) -> Floats:
        """The edges (cells + 1,) of the closed cells, in the column's units."""
        return self._back(np.linspace(self.low, self.high, self.cells + 1))

    def middles(self) -> Floats:
        """The middles (cells,) of the closed cells, in the column's units."""
        half = (self.high - self.low) / self.cells / 2
        return self._back(np.linspace(self.low + half, self.high - half, self.cells))

    def _back(self, placed: Floats) -> Floats:
        if self.scale is None:
            return placed
        found: Floats = self.centre + self.scale * np.sinh(placed)
        return found


def choose(sample: Floats, low: float, high: float, cells: int = CELLS) -> Grid:
    """A grid from `low` to `high` that suits values like `sample` (k,), which has no NaN."""
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-280):
        # one value, or so near that a double could not tell the cells apart
        # no wider than rounding: another table's values may lie just beside it
        half = max(1e-9 * abs(low), LEAST_HALF)
        return Grid(low=low - half, high=high + half, cells=1)
    if high - low < cells and float(low).is_integer() and bool(np.all(sample == np.round(sample))):
        return Grid(low=low - 0.5, high=high + 0.5, cells=math.ceil(high - low) + 1)
    q05, q50, q95 = (float(q) for q in np.quantile(sample, [0.05, 0.5, 0.95]))
    if high - low <= LONG_TAILED * (q95 - q05):
        return Grid(low=low, high=high, cells=cells)
    apart = np.abs(sample - q50)
    scale = (q95 - q05) / 2
    if scale == 0:
        others = apart[apart > 0]
        scale = float(np.median(others)) if others.size else (high - low) / 2
    scale = max(scale, 1e-150 * max(1.0, abs(low), abs(high)))
    ends = np.arcsinh((np.array([low, high]) - q50) / scale)
    return Grid(low=float(ends[0]), high=float(ends[1]), cells=cells, centre=q50, scale=scale)
