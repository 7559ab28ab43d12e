"""Calibrated two-sample drift of columns, and the verdict on the data set. Pure; docs/drift.md."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from evaluation.drift.binning import BinnedColumn
from evaluation.drift.column_tests import ColumnTests, Evidence, run_tests, smaller_side
from evaluation.drift.multiple_testing import adjust_p_values, rejection_levels
from evaluation.drift.rule import Rule
from evaluation.drift.scores import Method
from evaluation.result import Change, Message, message

MIN_THRESHOLD = 1e-300
WORDS: dict[Method, str] = {
    "ks": "Kolmogorov-Smirnov distance",
    "wasserstein": "Wasserstein distance (normed)",
    "psi": "PSI",
    "chi-square": "chi-square (Cramér's V)",
    "jensen-shannon": "Jensen-Shannon distance",
}


@dataclass(frozen=True)
class ColumnDrift:
    """The result for one column; `p_value` is the smallest of its tests, after the correction.

    The values drift where score >= threshold: the threshold is the critical value at the corrected
    level, or the score that a change of the same shape with the minimum effect would have,
    whichever is higher. `effect` is in the feature's unit (Wasserstein distance) or a share of
    rows (total variation); `effect_size`, which is compared with `minimum_effect`, is in pooled
    standard deviations or the same share.
    """

    column: BinnedColumn
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
    """The verdict, from the features that count, and the results of all columns."""

    verdict: Literal["drift", "no drift", "not enough data"]
    rule: list[Message]
    drift_share: float | None
    weighted_drift_share: float | None
    columns: dict[str, ColumnDrift]


def judge(columns: Sequence[BinnedColumn], rule: Rule) -> DataDrift:
    """Test every column and give the verdict on the data set.

    The p-values of the features are corrected together, those of each other role separately.
    """
    results: dict[str, ColumnDrift] = {}
    for family in ("feature", "calendar", "target", "prediction"):
        members = [column for column in columns if column.role == family]
        tests = [run_tests(column, rule, 2 * len(members)) for column in members]
        results |= {result.column.name: result for result in _correct(tests, rule)}
    counted = [result for result in results.values() if result.column.role == "feature"]
    decided = [result for result in counted if result.drifted is not None]
    rows = min((smaller_side(column) for column in columns), default=0)
    if rows < rule.minimum_rows or not decided:
        few = (
            message("rule.too_few_rows", rows=rows, minimum=rule.minimum_rows)
            if rows < rule.minimum_rows
            else message("rule.no_values")
        )
        return DataDrift("not enough data", [few], None, None, results)
    drifted = [result for result in decided if result.drifted]
    share = len(drifted) / len(counted)
    has_drift = bool(drifted) and share >= rule.minimum_drift_share
    weight = _total_importance(counted)
    return DataDrift(
        "drift" if has_drift else "no drift",
        _explanation(counted, drifted, rule),
        share,
        _total_importance(drifted) / weight if weight > 0 else None,
        results,
    )


def _total_importance(results: list[ColumnDrift]) -> float:
    return sum(max(result.column.importance or 0.0, 0.0) for result in results)


def _explanation(
    counted: list[ColumnDrift], drifted: list[ColumnDrift], rule: Rule
) -> list[Message]:
    """Return what was counted, then the rule that it was compared with."""
    names = [result.column.name for result in drifted]
    return [
        message("rule.some_drift", drifted=len(drifted), features=len(counted), names=names)
        if drifted
        else message("rule.none_drift", features=len(counted)),
        message("rule.one_is_enough")
        if rule.minimum_drift_share <= 0
        else message("rule.share_needed", share=rule.minimum_drift_share),
        message(
            "rule.test",
            correction=rule.correction,
            alpha=rule.alpha,
            effect=rule.minimum_effect,
            share=rule.minimum_share,
        ),
        _permutation([r.block_rows for r in counted if r.block_rows is not None]),
    ]


def _permutation(block_rows: list[int]) -> Message:
    if not block_rows:
        return message("rule.rows")
    least, most = min(block_rows), max(block_rows)
    if least == most:
        return message("rule.equal_blocks", rows=most)
    return message("rule.blocks", least=least, most=most)


def _correct(tests: list[ColumnTests], rule: Rule) -> list[ColumnDrift]:
    """Correct the p-values of all tests of a family of columns."""
    p_values = [test.p_value for column in tests for test in column.tests]
    levels = iter(rejection_levels(p_values, rule.alpha, rule.correction))
    adjusted = iter(adjust_p_values(p_values, rule.correction))
    return [
        _column_drift(column, [(test, next(levels), next(adjusted)) for test in column.tests])
        for column in tests
    ]


def _column_drift(tested: ColumnTests, tests: list[tuple[Evidence, float, float]]) -> ColumnDrift:
    """Decide on one column from its tests, each with its rejection level and corrected p-value."""
    column = tested.column
    changes: list[Change] = [
        test.change
        for test, level, _ in tests
        if test.p_value < level and test.size >= test.minimum
    ]
    values, level = next(
        ((test, level) for test, level, _ in tests if test.change == "values"), (None, 0.0)
    )
    method = WORDS[tested.method] if tested.method else "not enough data"
    return ColumnDrift(
        column=column,
        method="missing values" if changes and values is None else method,
        score=tested.score,
        threshold=_threshold(tested, values, level) if values else None,
        p_value=min((p_value for *_, p_value in tests), default=None),
        raw_p_value=min((test.p_value for test, *_ in tests), default=None),
        effect=tested.effect,
        effect_size=values.size if values else None,
        minimum_effect=values.minimum if values else None,
        effect_unit="units of the feature" if column.kind == "numerical" else "share of rows",
        null_band=tested.null.band if tested.null else None,
        drifted=bool(changes) if values is not None or changes else None,
        changes=changes,
        block_rows=column.blocks.rows if column.blocks else None,
    )


def _threshold(tested: ColumnTests, values: Evidence, level: float) -> float | None:
    """Return the score from which on both conditions hold; None where no score does."""
    if tested.null is None or tested.score is None:
        return None
    critical_value = tested.null.critical_value(level)
    # infinite: no score passes; near 0: all rows have one value, and there is nothing to score
    if not math.isfinite(critical_value) or critical_value < MIN_THRESHOLD:
        return None
    if values.size >= values.minimum or values.size == 0:
        return critical_value
    # distances grow in proportion to the change, PSI with its square
    growth = (values.minimum / values.size) ** (2 if tested.method == "psi" else 1)
    return max(critical_value, float(np.nextafter(tested.score, math.inf)), tested.score * growth)
