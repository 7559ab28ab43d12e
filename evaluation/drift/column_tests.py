"""The tests of one column: its values, its missing values and its new categories. Pure."""

import math
import zlib
from dataclasses import dataclass

import numpy as np

from evaluation.arrays import DrawnCounts
from evaluation.drift import null_distribution
from evaluation.drift.binning import Binned
from evaluation.drift.null_distribution import Null
from evaluation.drift.rule import Rule
from evaluation.drift.scores import SCORES, Method, total_variation
from evaluation.result import Change

# standard deviations; sums of a million floats differ by less
ROUNDING = 1e-9


@dataclass(frozen=True)
class Evidence:
    """One question asked of a column; `size` is the effect as the minimum measures it."""

    change: Change
    p_value: float
    size: float
    minimum: float


@dataclass(frozen=True)
class TestedColumn:
    column: Binned
    tests: list[Evidence]
    score: float | None = None
    null: Null | None = None
    method: Method | None = None
    effect: float | None = None


def smaller_side(column: Binned) -> int:
    return min(
        int(column.reference.sum()) + column.missing[0],
        int(column.current.sum()) + column.missing[1],
    )


def test_column(column: Binned, rule: Rule, tests: int) -> TestedColumn:
    if smaller_side(column) < rule.minimum_rows:
        return TestedColumn(column, [])
    # a column's draws depend on its name and the seed alone, not on the other columns
    random = np.random.default_rng([rule.seed, zlib.crc32(column.name.encode())])
    # with no closed form the draws alone must reach the smallest corrected level
    many = max(rule.draws, min(20_000, 5 * math.ceil(tests / rule.alpha)))
    # truth that has not come yet is no change of the truth
    missing = None if column.role == "target" else _missing(column, rule, many, random)
    found = [missing] if missing else []
    rows = (int(column.reference.sum()), int(column.current.sum()))
    if min(rows) < rule.minimum_rows:
        return TestedColumn(column, found)
    method = rule.numerical if column.kind == "numerical" else rule.categorical
    # normed means divided by the spread: the score has no unit
    points = column.points / column.spread
    score = float(SCORES[method](column.reference, column.current, points))
    closed = column.blocks is None and _has_closed_form(method, column)
    exact = closed and method == "chi-square"
    fresh = column.kind == "categorical" and not column.reference.all()
    draws = rule.draws if closed and not fresh else many
    drawn = None
    if not exact or fresh:
        drawn = _drawn(column, draws, random)
    if exact or drawn is None:
        scores = null_distribution.chi_square_scores(sum(rows), len(points) - 1, draws)
    else:
        scores = np.sort(SCORES[method](*drawn, points))
        if column.blocks is not None:
            scores = scores * column.blocks.widening ** (2 if method == "psi" else 1)
    null = Null(
        scores,
        method,
        *rows,
        degrees=len(column.points) - 1,
        closed=closed,
    )
    if column.kind == "numerical":
        # below its own rounding a distance is none
        effect = column.distance if column.distance > ROUNDING * column.spread else 0.0
        size, minimum = effect / column.spread, rule.minimum_effect
    else:
        effect = size = total_variation(column.reference, column.current)
        minimum = rule.minimum_share
    found.append(Evidence("values", null.p_value(score), size, minimum))
    if column.kind == "categorical" and drawn is not None:
        new = _new_categories(column, *drawn, rule)
        found += [new] if new else []
    return TestedColumn(column, found, score, null, method, effect)


def _has_closed_form(method: Method, column: Binned) -> bool:
    if method == "ks":
        return True
    pooled = column.reference + column.current
    smaller = min(column.reference.sum(), column.current.sum()) / max(pooled.sum(), 1)
    return method == "chi-square" and len(pooled) > 1 and bool((pooled * smaller >= 5).all())


def _drawn(
    column: Binned, draws: int, random: np.random.Generator
) -> tuple[DrawnCounts, DrawnCounts]:
    current: DrawnCounts
    if column.blocks is None:
        pooled = column.reference + column.current
        rows = int(column.current.sum())
        smaller = min(rows, int(column.reference.sum())) / int(pooled.sum())
        many = bool((pooled * smaller >= null_distribution.ENOUGH_FOR_NORMAL).all())
        draw = null_distribution.normal_draws if many else null_distribution.permuted_rows
        current = draw(pooled, rows, draws, random)
    else:
        counts = column.blocks.counts[:, :-1]
        pooled = counts.sum(axis=0)
        current = null_distribution.permuted_blocks(counts, column.blocks.current, draws, random)
    return pooled - current, current


def _missing(
    column: Binned, rule: Rule, draws: int, random: np.random.Generator
) -> Evidence | None:
    """Is the rate of missing values another? Fisher's exact test, or blocks in time order."""
    first, second = column.missing
    if first + second == 0:
        return None
    rows = [int(column.reference.sum()) + first, int(column.current.sum()) + second]
    size = abs(second / rows[1] - first / rows[0])
    if column.blocks is None:
        table = np.array([[first, rows[0] - first], [second, rows[1] - second]])
        # scipy.stats takes longer to import than a verdict takes, and few columns need it
        from scipy import stats

        p = float(stats.fisher_exact(table).pvalue)
        return Evidence("missing values", p, size, rule.minimum_missing)
    counts = np.stack(
        [column.blocks.counts[:, -1], column.blocks.counts[:, :-1].sum(axis=1)], axis=1
    )
    drawn = null_distribution.permuted_blocks(counts, column.blocks.current, draws, random)
    other = counts.sum(axis=0) - drawn
    rates = [side[:, 0] / np.maximum(side.sum(axis=1), 1) for side in (other, drawn)]
    gaps = np.abs(rates[1] - rates[0]) * column.blocks.widening
    above = int((gaps >= size - 1e-12).sum())
    return Evidence("missing values", (1 + above) / (1 + draws), size, rule.minimum_missing)


def _new_categories(
    column: Binned, reference: DrawnCounts, current: DrawnCounts, rule: Rule
) -> Evidence | None:
    """Are more current rows in categories that the reference never had than chance puts there?"""
    drawn = np.where(reference == 0, current, 0).sum(axis=-1)
    seen = int(column.current[column.reference == 0].sum())
    if seen == 0 and not drawn.any():
        return None
    p = (1 + int((drawn >= seen).sum())) / (1 + len(drawn))
    return Evidence("new categories", p, seen / int(column.current.sum()), rule.minimum_missing)
