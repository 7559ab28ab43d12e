"""Why Evidently and the verdict differ, by the columns that decide."""

from dataclasses import replace

import numpy as np
import pytest

from evaluation import Schema, Thresholds
from evaluation.drift.binning import bin_numbers
from evaluation.drift.difference import difference
from evaluation.drift.explain import rule_of
from evaluation.drift.judge import DataDrift, judge
from evaluation.messages import ENGLISH
from evaluation.result import EvidentlyDrift, EvidentlySummary
from evaluation.terms import Role

SCHEMA = Schema(numerical=("x", "y", "z", "month"), calendar=("month",))


def judged(shifts: dict[str, float], rows: int = 400, schema: Schema = SCHEMA) -> DataDrift:
    """Columns whose current values are shifted by so many standard deviations."""
    random = np.random.default_rng(5)
    columns = []
    for name, shift in shifts.items():
        values = random.normal(0, 1, rows)
        column = bin_numbers(name, values, values + shift)
        role: Role = "calendar" if name in schema.calendar else "feature"
        columns.append(replace(column, role=role))
    return judge(columns, rule_of(schema.thresholds))


def explained(result: DataDrift, *flagged: str, drift: bool, schema: Schema = SCHEMA) -> str:
    """The difference where Evidently flags these columns and reports drift or none."""
    by_evidently = {
        name: EvidentlyDrift(0.1, "K-S p_value", 0.05, name in flagged) for name in result.columns
    }
    summary = EvidentlySummary(
        drift_detected=drift, drift_share=len(flagged) / len(result.columns),
        drifted_columns=len(flagged), columns=len(result.columns), share_threshold=0.5,
    )  # fmt: skip
    return ENGLISH.text(difference(result, by_evidently, summary, schema))


def test_features_that_evidently_misses_are_named() -> None:
    result = judged({"x": 1.0, "y": 1.0, "z": 0.0, "month": 0.0})
    assert explained(result, "y", drift=False) == (
        "Evidently reports no drift: 1 of 4 columns drift by its default tests, its limit is 50 %. "
        "Belvedere reports drift: x, y drift significantly. "
        "Evidently's tests do not detect the drift of x."
    )


def test_each_feature_that_evidently_flags_has_its_reason() -> None:
    schema = Schema(numerical=("x", "y", "month"), calendar=("month",))
    result = judged({"x": 0.04, "y": 0.0, "month": 2.0}, rows=20_000, schema=schema)
    assert explained(result, "x", "y", "month", drift=True, schema=schema) == (
        "Evidently reports drift: 3 of 3 columns drift by its default tests, its limit is 50 %. "
        "Belvedere reports no drift. month follows the calendar and does not count. "
        "y differs no more than chance explains with 2 features tested. "
        "x moved by less than the minimum effect."
    )


def test_a_share_that_is_not_reached_is_a_reason_of_its_own() -> None:
    schema = Schema(numerical=("x", "y", "z"), thresholds=Thresholds(drift_share=0.5))
    result = judged({"x": 1.0, "y": 0.0, "z": 0.0}, schema=schema)
    assert explained(result, "x", drift=True, schema=schema).endswith(
        "Belvedere reports no drift. Only 33.3 % of features drift, the rule needs 50 %."
    )


def test_too_few_rows_are_the_reason_where_there_is_no_verdict() -> None:
    assert explained(judged({"x": 1.0}, rows=20), "x", drift=True).endswith(
        "Belvedere has no verdict: too few rows to test for drift."
    )


@pytest.mark.parametrize(("shift", "drift"), [(1.0, True), (0.0, False)])
def test_there_is_nothing_to_explain_where_both_agree(shift: float, drift: bool) -> None:
    assert explained(judged({"x": shift}), drift=drift) == ""


def test_there_is_nothing_to_explain_without_evidently() -> None:
    assert difference(judged({"x": 1.0}), {}, None, SCHEMA) == []
