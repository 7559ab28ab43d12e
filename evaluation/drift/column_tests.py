"""The tests of one column: its values, its missing values and its new categories. Pure."""

import math
import zlib
from dataclasses import dataclass

import numpy as np

from evaluation.arrays import DrawnCounts, Floats
from evaluation.drift import null_distribution
from evaluation.drift.binning import BinnedColumn
from evaluation.drift.null_distribution import NullDistribution
from evaluation.drift.rule import Rule
from evaluation.drift.scores import SCORES, Method, total_variation
from evaluation.result import Change

# standard deviations; sums of a million floats differ by less
ROUNDING = 1e-9
MAX_DRAWS = 20_000
# the chi-square law holds from so many expected rows in each bin on (Cochran, 1954)
MIN_EXPECTED = 5


@dataclass(frozen=True)
class Evidence:
    """The result of one test; `size` is the effect in the unit of its `minimum`."""

    change: Change
    p_value: float
    size: float
    minimum: float


@dataclass(frozen=True)
class ColumnTests:
    """All tests of a column, before the correction for the number of tests."""

    column: BinnedColumn
    tests: list[Evidence]
    score: float | None = None
    null: NullDistribution | None = None
    method: Method | None = None
    effect: float | None = None


def run_tests(column: BinnedColumn, rule: Rule, tests: int) -> ColumnTests:
    """Test a column that is one of a family with `tests` tests; no test with too few rows."""
    if smaller_side(column) < rule.minimum_rows:
        return ColumnTests(column, [])
    # a column's draws depend on its name and the seed alone, not on the other columns
    random = np.random.default_rng([rule.seed, zlib.crc32(column.name.encode())])
    # without a closed form the draws alone must reach the smallest corrected level
    most_draws = max(rule.draws, min(MAX_DRAWS, 5 * math.ceil(tests / rule.alpha)))
    evidence = []
    # ground truth that has not arrived yet is not a change of the ground truth
    if column.role != "target":
        missing = _test_missing(column, rule, most_draws, random)
        evidence += [missing] if missing else []
    if min(column.reference.sum(), column.current.sum()) < rule.minimum_rows:
        return ColumnTests(column, evidence)
    method = rule.numerical if column.kind == "numerical" else rule.categorical
    null, permuted = _null_distribution(column, method, rule.draws, most_draws, random)
    # a normed score has no unit
    points = column.points / column.spread
    score = float(SCORES[method](column.reference, column.current, points))
    effect, size, minimum = _effect(column, rule)
    evidence.append(Evidence("values", null.p_value(score), size, minimum))
    if column.kind == "categorical" and permuted is not None:
        new = _test_new_categories(column, *permuted, rule)
        evidence += [new] if new else []
    return ColumnTests(column, evidence, score, null, method, effect)


def smaller_side(column: BinnedColumn) -> int:
    """Return the number of rows of the smaller side, missing values included."""
    return min(
        int(column.reference.sum()) + column.missing[0],
        int(column.current.sum()) + column.missing[1],
    )


def _effect(column: BinnedColumn, rule: Rule) -> tuple[float, float, float]:
    """Return the effect in the feature's unit, its size in the unit of the minimum, the minimum."""
    if column.kind == "categorical":
        effect = total_variation(column.reference, column.current)
        return effect, effect, rule.minimum_share
    # a distance below its own rounding is zero
    effect = column.distance if column.distance > ROUNDING * column.spread else 0.0
    return effect, effect / column.spread, rule.minimum_effect


def _null_distribution(
    column: BinnedColumn, method: Method, few: int, most: int, random: np.random.Generator
) -> tuple[NullDistribution, tuple[DrawnCounts, DrawnCounts] | None]:
    """Return the null distribution, and the permuted counts of both sides where they were drawn."""
    points = column.points / column.spread
    rows = (int(column.reference.sum()), int(column.current.sum()))
    closed = column.blocks is None and _has_closed_form(method, column)
    exact = closed and method == "chi-square"
    has_new_labels = column.kind == "categorical" and not column.reference.all()
    draws = few if closed and not has_new_labels else most
    permuted = None
    if not exact or has_new_labels:
        permuted = _permute(column, draws, random)
    if exact or permuted is None:
        scores = null_distribution.chi_square_scores(sum(rows), len(points) - 1, draws)
    else:
        scores = _score_permutations(column, method, points, permuted)
    degrees = len(points) - 1
    return NullDistribution(scores, method, *rows, degrees=degrees, closed=closed), permuted


def _score_permutations(
    column: BinnedColumn,
    method: Method,
    points: Floats,
    permuted: tuple[DrawnCounts, DrawnCounts],
) -> Floats:
    scores = np.sort(SCORES[method](*permuted, points))
    if column.blocks is None:
        return scores
    # PSI grows with the square of a difference, the other scores in proportion
    return scores * column.blocks.widening ** (2 if method == "psi" else 1)


def _has_closed_form(method: Method, column: BinnedColumn) -> bool:
    if method == "ks":
        return True
    pooled = column.reference + column.current
    smaller = min(column.reference.sum(), column.current.sum()) / max(pooled.sum(), 1)
    return (
        method == "chi-square"
        and len(pooled) > 1
        and bool((pooled * smaller >= MIN_EXPECTED).all())
    )


def _permute(
    column: BinnedColumn, draws: int, random: np.random.Generator
) -> tuple[DrawnCounts, DrawnCounts]:
    """Draw counts (draws, bins) of both sides, with rows or blocks permuted between them."""
    current: DrawnCounts
    if column.blocks is None:
        pooled = column.reference + column.current
        rows = int(column.current.sum())
        smaller = min(rows, int(column.reference.sum())) / int(pooled.sum())
        is_normal = bool((pooled * smaller >= null_distribution.ENOUGH_FOR_NORMAL).all())
        draw = null_distribution.draw_normal_limit if is_normal else null_distribution.permute_rows
        current = draw(pooled, rows, draws, random)
    else:
        counts = column.blocks.counts[:, :-1]
        pooled = counts.sum(axis=0)
        current = null_distribution.permute_blocks(counts, column.blocks.current, draws, random)
    return pooled - current, current


def _test_missing(
    column: BinnedColumn, rule: Rule, draws: int, random: np.random.Generator
) -> Evidence | None:
    """Test the rate of missing values: Fisher's exact test, or a permutation of blocks."""
    first, second = column.missing
    if first + second == 0:
        return None
    rows = [int(column.reference.sum()) + first, int(column.current.sum()) + second]
    size = abs(second / rows[1] - first / rows[0])
    if column.blocks is None:
        table = np.array([[first, rows[0] - first], [second, rows[1] - second]])
        # scipy.stats takes longer to import than a verdict takes, and few columns need it
        from scipy import stats

        p_value = float(stats.fisher_exact(table).pvalue)
        return Evidence("missing values", p_value, size, rule.minimum_missing)
    counts = np.stack(
        [column.blocks.counts[:, -1], column.blocks.counts[:, :-1].sum(axis=1)], axis=1
    )
    current = null_distribution.permute_blocks(counts, column.blocks.current, draws, random)
    reference = counts.sum(axis=0) - current
    rates = [side[:, 0] / np.maximum(side.sum(axis=1), 1) for side in (reference, current)]
    differences = np.abs(rates[1] - rates[0]) * column.blocks.widening
    exceedances = int((differences >= size - 1e-12).sum())
    p_value = (1 + exceedances) / (1 + draws)
    return Evidence("missing values", p_value, size, rule.minimum_missing)


def _test_new_categories(
    column: BinnedColumn, reference: DrawnCounts, current: DrawnCounts, rule: Rule
) -> Evidence | None:
    """Test whether more current rows than by chance are in categories new to the reference."""
    by_chance = np.where(reference == 0, current, 0).sum(axis=-1)
    rows = int(column.current[column.reference == 0].sum())
    if rows == 0 and not by_chance.any():
        return None
    p_value = (1 + int((by_chance >= rows).sum())) / (1 + len(by_chance))
    return Evidence(
        "new categories", p_value, rows / int(column.current.sum()), rule.minimum_missing
    )
