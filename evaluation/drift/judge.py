"""Calibrated two-sample drift of columns, and the verdict on the data set. Pure; docs/drift.md."""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from evaluation.drift import null_distribution
from evaluation.drift.binning import Binned
from evaluation.drift.multiple_testing import adjusted, levels
from evaluation.drift.null_distribution import Null
from evaluation.drift.scores import SCORES, Drawn, Method, total_variation
from evaluation.inputs.schema import Correction

LEAST_THRESHOLD = 1e-300
# standard deviations; sums of a million floats differ by less
ROUNDING = 1e-9
Change = Literal["values", "missing values", "new categories"]
WORDS: dict[Method, str] = {
    "ks": "Kolmogorov-Smirnov distance",
    "wasserstein": "Wasserstein distance (normed)",
    "psi": "PSI",
    "chi-square": "chi-square (Cramér's V)",
    "jensen-shannon": "Jensen-Shannon distance",
}


@dataclass(frozen=True)
class Rule:
    """When a column drifts: corrected p < alpha AND the effect at least its minimum.

    The minimum effect is in pooled standard deviations (numbers) or a share of rows (labels).
    The data set drifts when at least one counted feature does, and at least
    `minimum_drift_share` of them.
    """

    alpha: float = 0.05
    correction: Correction = "holm"
    minimum_rows: int = 30
    minimum_effect: float = 0.05
    minimum_share: float = 0.02
    minimum_missing: float = 0.01
    minimum_drift_share: float = 0.0
    numerical: Method = "ks"
    categorical: Method = "chi-square"
    draws: int = 2000
    seed: int = 0


@dataclass(frozen=True)
class Evidence:
    """One question asked of a column; `size` is the effect as the minimum measures it."""

    change: Change
    p_value: float
    size: float
    minimum: float


@dataclass(frozen=True)
class ColumnDrift:
    """The result for one column; `p_value` is the smallest of its tests, after the correction.

    score >= threshold is the same as the values drifting: the threshold is the score at which the
    corrected p-value passes alpha, or the score that a change of the same shape would need to have
    the minimum effect, whichever is higher. `effect` is in the feature's own units (Wasserstein
    distance) or a share of rows (total variation); `effect_size` is what the minimum is held
    against: in pooled standard deviations, or the same share.
    """

    column: Binned
    method: str
    score: float | None
    threshold: float | None
    p_value: float | None
    raw_p_value: float | None
    effect: float | None
    effect_size: float | None
    minimum_effect: float | None
    effect_unit: str
    null_band: tuple[float, float] | None
    drifted: bool | None
    changes: list[Change] = field(default_factory=list)
    block_rows: int | None = None


@dataclass(frozen=True)
class DataDrift:
    """All columns and the verdict from the counted ones."""

    verdict: Literal["drift", "no drift", "not enough data"]
    rule: str
    drift_share: float | None
    weighted_drift_share: float | None
    columns: dict[str, ColumnDrift]


@dataclass(frozen=True)
class _Tested:
    column: Binned
    tests: list[Evidence]
    score: float | None = None
    null: Null | None = None
    method: Method | None = None
    effect: float | None = None


def judge(columns: Sequence[Binned], rule: Rule) -> DataDrift:
    """Test every column; features are corrected together, the other roles each by themselves."""
    results: dict[str, ColumnDrift] = {}
    for family in ("feature", "calendar", "target", "prediction"):
        members = [column for column in columns if column.role == family]
        tested = [_test(column, rule, 2 * len(members)) for column in members]
        results |= {result.column.name: result for result in _correct(tested, rule)}
    counted = [r for r in results.values() if r.column.role == "feature"]
    decided = [r for r in counted if r.drifted is not None]
    rows = min((_rows(c) for c in columns), default=0)
    if rows < rule.minimum_rows or not decided:
        few = (
            f"{rows} rows are fewer than the {rule.minimum_rows} that a verdict needs."
            if rows < rule.minimum_rows
            else "No counted feature has enough values for a test."
        )
        return DataDrift("not enough data", few, None, None, results)
    drifted = [r for r in decided if r.drifted]
    share = len(drifted) / len(counted)
    found = bool(drifted) and share >= rule.minimum_drift_share
    weight = sum(max(r.column.importance or 0.0, 0.0) for r in counted)
    touched = sum(max(r.column.importance or 0.0, 0.0) for r in drifted)
    return DataDrift(
        "drift" if found else "no drift",
        _words(counted, drifted, rule),
        share,
        touched / weight if weight > 0 else None,
        results,
    )


def _rows(column: Binned) -> int:
    return min(
        int(column.reference.sum()) + column.missing[0],
        int(column.current.sum()) + column.missing[1],
    )


def _words(counted: list[ColumnDrift], drifted: list[ColumnDrift], rule: Rule) -> str:
    correction = "Holm" if rule.correction == "holm" else "Benjamini-Hochberg"
    names = f" ({', '.join(r.column.name for r in drifted)})" if drifted else ""
    said = f"{len(drifted)} of {len(counted)} counted features drift"
    blocks = [r.block_rows for r in counted if r.block_rows is not None]
    unit = f"blocks of {min(blocks)} to {max(blocks)} rows in time order" if blocks else "rows"
    needed = (
        "at least one counted feature does"
        if rule.minimum_drift_share <= 0
        else f"at least {rule.minimum_drift_share:.0%} of the counted features do"
    )
    return (
        f"Rule: drift when {needed}. {said}{names}: "
        f"{correction}-corrected p below {rule.alpha:g} and an effect of at least "
        f"{rule.minimum_effect:g} standard deviations, or {rule.minimum_share:.0%} of the rows "
        f"in other categories; the null permutes {unit}."
    )


def _test(column: Binned, rule: Rule, tests: int) -> _Tested:
    if _rows(column) < rule.minimum_rows:
        return _Tested(column, [])
    # a column's draws depend on its name and the seed alone, not on the other columns
    random = np.random.default_rng([rule.seed, zlib.crc32(column.name.encode())])
    # with no closed form the draws alone must reach the smallest corrected level
    many = max(rule.draws, min(20_000, 5 * math.ceil(tests / rule.alpha)))
    # truth that has not come yet is no change of the truth
    missing = None if column.role == "target" else _missing(column, rule, many, random)
    found = [missing] if missing else []
    rows = (int(column.reference.sum()), int(column.current.sum()))
    if min(rows) < rule.minimum_rows:
        return _Tested(column, found)
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
    return _Tested(column, found, score, null, method, effect)


def _has_closed_form(method: Method, column: Binned) -> bool:
    if method == "ks":
        return True
    pooled = column.reference + column.current
    smaller = min(column.reference.sum(), column.current.sum()) / max(pooled.sum(), 1)
    return method == "chi-square" and len(pooled) > 1 and bool((pooled * smaller >= 5).all())


def _drawn(column: Binned, draws: int, random: np.random.Generator) -> tuple[Drawn, Drawn]:
    current: Drawn
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
    column: Binned, reference: Drawn, current: Drawn, rule: Rule
) -> Evidence | None:
    """Are more current rows in categories that the reference never had than chance puts there?"""
    drawn = np.where(reference == 0, current, 0).sum(axis=-1)
    seen = int(column.current[column.reference == 0].sum())
    if seen == 0 and not drawn.any():
        return None
    p = (1 + int((drawn >= seen).sum())) / (1 + len(drawn))
    return Evidence("new categories", p, seen / int(column.current.sum()), rule.minimum_missing)


def _correct(tested: list[_Tested], rule: Rule) -> list[ColumnDrift]:
    tests = [(place, test) for place, each in enumerate(tested) for test in each.tests]
    p_values = [test.p_value for _, test in tests]
    bars = levels(p_values, rule.alpha, rule.correction)
    corrected = adjusted(p_values, rule.correction)
    results = []
    for place, each in enumerate(tested):
        own = [
            (test, bar, p)
            for (at, test), bar, p in zip(tests, bars, corrected, strict=True)
            if at == place
        ]
        changes: list[Change] = [
            test.change for test, bar, _ in own if test.p_value < bar and test.size >= test.minimum
        ]
        values = next((found for found in own if found[0].change == "values"), None)
        threshold = _threshold(each, values[0], values[1]) if values else None
        enough = values is not None or bool(changes)
        words = WORDS[each.method] if each.method else "not enough data"
        results.append(
            ColumnDrift(
                column=each.column,
                method="missing values" if changes and values is None else words,
                score=each.score,
                threshold=threshold,
                p_value=min((p for *_, p in own), default=None),
                raw_p_value=min((test.p_value for test, *_ in own), default=None),
                effect=each.effect,
                effect_size=values[0].size if values else None,
                minimum_effect=values[0].minimum if values else None,
                effect_unit="units of the feature"
                if each.column.kind == "numerical"
                else "share of rows",
                null_band=each.null.band if each.null else None,
                drifted=bool(changes) if enough else None,
                changes=changes,
                block_rows=each.column.blocks.rows if each.column.blocks else None,
            )
        )
    return results


def _threshold(tested: _Tested, values: Evidence, level: float) -> float | None:
    """The score that passes both conditions; None where no score can."""
    if tested.null is None or tested.score is None:
        return None
    by_chance = tested.null.threshold(level)
    # infinite: no score passes; next to 0: one value in all rows, which leaves nothing to score
    if not math.isfinite(by_chance) or by_chance < LEAST_THRESHOLD:
        return None
    if values.size >= values.minimum or values.size == 0:
        return by_chance
    # distances grow in proportion to the change that is mixed in, PSI with its square
    growth = (values.minimum / values.size) ** (2 if tested.method == "psi" else 1)
    return max(by_chance, float(np.nextafter(tested.score, math.inf)), tested.score * growth)
