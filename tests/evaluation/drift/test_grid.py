"""Cells on a grid hold every value once, and tell scores and quantiles within their width."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluation.arrays import Floats
from evaluation.drift import measure
from evaluation.drift.column_summary import summarise
from evaluation.drift.grid import CELLS, choose_grid
from evaluation.drift.histograms import histogram_of_cells

ROWS = 60_000
SHAPES: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "normal": lambda random, n: random.normal(size=n),
    "lognormal": lambda random, n: random.lognormal(sigma=2.0, size=n),
    "cauchy": lambda random, n: random.standard_cauchy(size=n),
    "counts": lambda random, n: random.poisson(5, n).astype(float),
    "mostly zero": lambda random, n: random.exponential(size=n) * (random.uniform(size=n) < 0.3),
    "one value": lambda _random, n: np.full(n, 3.5),
    "two values": lambda random, n: random.choice([-1e9, 1e-9], n),
    "far from zero": lambda random, n: 1e9 + random.normal(size=n),
}


def sample(shape: str, seed: int) -> Floats:
    values: Floats = SHAPES[shape](np.random.default_rng(seed), ROWS)
    return values


finite = st.floats(-1e150, 1e150)


@settings(max_examples=200, deadline=None)
@given(st.lists(finite, min_size=1, max_size=50), st.lists(finite, max_size=50))
def test_every_value_is_in_the_cell_between_its_edges(known: list[float], new: list[float]) -> None:
    known_values = np.array(known)
    grid = choose_grid(known_values, float(known_values.min()), float(known_values.max()))
    values = np.array(known + new)

    codes = grid.codes(values)

    assert codes.min() >= 0
    assert codes.max() <= grid.cells + 1
    assert ((codes == 0) == (grid.to_scale(values) < grid.low)).all()
    assert ((codes == grid.cells + 1) == (grid.to_scale(values) > grid.high)).all()
    order = np.argsort(values)
    assert (np.diff(codes[order]) >= 0).all()
    assert grid.codes(known_values).min() >= 1
    assert grid.codes(known_values).max() <= grid.cells <= CELLS


@pytest.mark.parametrize("shape", SHAPES)
def test_scores_of_large_samples_are_within_a_bin_of_the_exact_ones(shape: str) -> None:
    first, second = sample(shape, 1), sample(shape, 2)
    second = second * 1.1 + 0.05 * np.median(np.abs(second))

    result = measure.measure_numbers("x", first, second).binned

    shares = [side / side.sum() for side in (result.reference, result.current)]
    score = float(np.abs(np.cumsum(shares[0] - shares[1])).max())
    exact = float(stats.ks_2samp(first, second).statistic)
    largest = max(float(side.max()) for side in shares)
    assert exact - max(0.025, largest if len(result.reference) < 50 else 0) <= score <= exact + 1e-9
    distance = float(stats.wasserstein_distance(first, second))
    assert result.distance == pytest.approx(distance, rel=0.02, abs=1e-6 * np.abs(first).max())


@pytest.mark.parametrize("shape", SHAPES)
def test_quantiles_and_histograms_of_large_samples_lose_no_row(shape: str) -> None:
    first, second = sample(shape, 1), sample(shape, 2)[: ROWS // 2]

    result = measure.measure_numbers("x", first, second)

    assert sum(result.distribution.reference) == ROWS
    assert sum(result.distribution.current) == ROWS // 2
    assert result.distribution.edges is not None
    assert len(result.distribution.edges) == len(result.distribution.reference) + 1
    assert result.statistics is not None
    exact = np.quantile(first, [0.05, 0.5, 0.95])
    ours = result.statistics.reference
    width = (exact[2] - exact[0]) / 100
    assert [ours.q05, ours.q50, ours.q95] == pytest.approx(exact, abs=width + 1e-12)
    assert ours.mean == pytest.approx(first.mean())
    assert (ours.min, ours.max) == (first.min(), first.max())


def test_missing_values_and_values_beyond_the_grid_are_counted() -> None:
    grid = choose_grid(np.arange(10.0), 0.0, 9.0)
    values = np.array([-5.0, 3.0, np.nan, 12.0, 14.0])

    result, codes = summarise(values, grid)

    assert result.missing == 1
    assert result.counts[0] == 1
    assert result.counts[-1] == 2
    assert result.outside == (-5.0, 13.0)
    assert codes.tolist() == [0, 4, -1, 11, 11]
    drawn = histogram_of_cells(result, result)
    assert drawn.edges is not None
    assert (drawn.edges[0], drawn.edges[-1]) == (-5.0, 14.0)
    assert sum(drawn.reference) == 4
