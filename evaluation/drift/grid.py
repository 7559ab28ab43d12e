"""The cells that a numerical column is counted in, the same in numpy and in SQL. Pure."""

import math

import msgspec
import numpy as np

from evaluation.arrays import Codes, Floats

CELLS = 3840
# a column whose range is so many times its middle nine tenths needs cells that grow outwards
LONG_TAILED = 10.0
MIN_HALF = 1e-109


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """`cells` cells of equal width from `low` to `high`, and one open cell on either side.

    With a `scale` the width is equal in asinh((x - centre) / scale), and so are `low` and `high`:
    the cells grow with the distance from the centre, for columns with long tails.
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
        """Return the cell (n,) of each of `values` (n,), which have no NaN.

        0 is below the grid, `cells` + 1 above it.
        """
        scaled = self.to_scale(values)
        if scaled.size == 0 or (scaled.min() >= self.low and scaled.max() <= self.high):
            return self._closed(scaled)
        codes = self._closed(np.clip(scaled, self.low, self.high))
        codes[scaled < self.low] = 0
        codes[scaled > self.high] = self.cells + 1
        return codes

    def _closed(self, scaled: Floats) -> Codes:
        codes = ((scaled - self.low) * self.per_unit).astype(np.intp)
        np.minimum(codes, self.cells - 1, out=codes)
        codes += 1
        return codes

    def to_scale(self, values: Floats) -> Floats:
        """Return `values` on the scale in which the cells have equal widths."""
        if self.scale is None:
            return values
        return np.arcsinh((values - self.centre) / self.scale)

    def edges(self) -> Floats:
        """Return the edges (cells + 1,) of the closed cells, in the column's units."""
        return self._from_scale(np.linspace(self.low, self.high, self.cells + 1))

    def middles(self) -> Floats:
        """Return the middles (cells,) of the closed cells, in the column's units."""
        half = (self.high - self.low) / self.cells / 2
        return self._from_scale(np.linspace(self.low + half, self.high - half, self.cells))

    def _from_scale(self, scaled: Floats) -> Floats:
        if self.scale is None:
            return scaled
        values: Floats = self.centre + self.scale * np.sinh(scaled)
        return values


def choose_grid(sample: Floats, low: float, high: float, cells: int = CELLS) -> Grid:
    """Choose a grid from `low` to `high` for values like those of `sample` (k,), without NaN."""
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-280):
        # one value, or so close that a double could not separate the cells; no wider than rounding,
        # because another table's values may be just beside it
        half = max(1e-9 * abs(low), MIN_HALF)
        return Grid(low=low - half, high=high + half, cells=1)
    if high - low < cells and float(low).is_integer() and bool(np.all(sample == np.round(sample))):
        return Grid(low=low - 0.5, high=high + 0.5, cells=math.ceil(high - low) + 1)
    q05, q50, q95 = (float(q) for q in np.quantile(sample, [0.05, 0.5, 0.95]))
    if high - low <= LONG_TAILED * (q95 - q05):
        return Grid(low=low, high=high, cells=cells)
    deviations = np.abs(sample - q50)
    scale = (q95 - q05) / 2
    if scale == 0:
        nonzero = deviations[deviations > 0]
        scale = float(np.median(nonzero)) if nonzero.size else (high - low) / 2
    scale = max(scale, 1e-150 * max(1.0, abs(low), abs(high)))
    ends = np.arcsinh((np.array([low, high]) - q50) / scale)
    return Grid(low=float(ends[0]), high=float(ends[1]), cells=cells, centre=q50, scale=scale)
