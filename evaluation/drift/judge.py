"""Calibrated two-sample drift of columns, and the verdict on the data set. Pure; docs/drift.md."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from evaluation.drift.binning import Binned
from evaluation.drift.column_tests import Evidence, TestedColumn, smaller_side, test_column
from evaluation.drift.multiple_testing import adjusted, levels
from evaluation.drift.rule import Rule
from evaluation.drift.scores import Method
from evaluation.result import Change, Message, message

LEAST_THRESHOLD = 1e-300
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
    rule: list[Message]
    drift_share: float | None
    weighted_drift_share: float | None
    columns: dict[str, ColumnDrift]


def judge(columns: Sequence[Binned], rule: Rule) -> DataDrift:
    """Test every column; features are corrected together, the other roles each by themselves."""
    results: dict[str, ColumnDrift] = {}
    for family in ("feature", "calendar", "target", "prediction"):
        members = [column for column in columns if column.role == family]
        tested = [test_column(column, rule, 2 * len(members)) for column in members]
        results |= {result.column.name: result for result in _correct(tested, rule)}
    counted = [r for r in results.values() if r.column.role == "feature"]
    decided = [r for r in counted if r.drifted is not None]
    rows = min((smaller_side(c) for c in columns), default=0)
    if rows < rule.minimum_rows or not decided:
        few = (
            message("rule.too_few_rows", rows=rows, minimum=rule.minimum_rows)
            if rows < rule.minimum_rows
            else message("rule.no_values")
        )
        return DataDrift("not enough data", [few], None, None, results)
    drifted = [r for r in decided if r.drifted]
    share = len(drifted) / len(counted)
    found = bool(drifted) and share >= rule.minimum_drift_share
    weight = sum(max(r.column.importance or 0.0, 0.0) for r in counted)
    touched = sum(max(r.column.importance or 0.0, 0.0) for r in drifted)
    return DataDrift(
        "drift" if found else "no drift",
        _explanation(counted, drifted, rule),
        share,
        touched / weight if weight > 0 else None,
        results,
    )


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


def _correct(tested: list[TestedColumn], rule: Rule) -> list[ColumnDrift]:
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


def _threshold(tested: TestedColumn, values: Evidence, level: float) -> float | None:
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
