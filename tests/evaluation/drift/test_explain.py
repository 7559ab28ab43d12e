"""The verdict of an evaluation: which columns count, the rule, and Evidently's result."""

from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest

from evaluation import Evaluation, Schema, Thresholds, evaluate
from evaluation.errors import NotATime, SchemaError
from evaluation.result import FeatureDrift
from tests.evaluation.conftest import FILE, SCHEMA

BIKE = msgspec.structs.replace(SCHEMA, prediction=None, time="dteday")
PLAIN = Schema(numerical=("x", "y"), categorical=("c",))


@pytest.fixture(scope="module")
def hours() -> pd.DataFrame:
    return pd.read_csv(FILE, dtype={"dteday": str})


def between(hours: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    return hours[(hours["dteday"] >= start) & (hours["dteday"] <= end)].reset_index(drop=True)


def bike(hours: pd.DataFrame, start: str, end: str, evidently: bool = False) -> Evaluation:
    january = between(hours, "2011-01-01", "2011-01-31")
    return evaluate(january, between(hours, start, end), BIKE, evidently=evidently)


def rows(n: int, seed: int = 0, shift: float = 0.0) -> pd.DataFrame:
    random = np.random.default_rng([seed, n])
    return pd.DataFrame(
        {
            "x": random.normal(shift, 1.0, n),
            "y": random.lognormal(size=n),
            "c": random.choice(["a", "b", "c"], n),
        }
    )


def feature(result: Evaluation, name: str) -> FeatureDrift:
    return next(column for column in result.features if column.name == name)


def test_two_weeks_of_winter_are_no_drift_and_a_warm_one_is(hours: pd.DataFrame) -> None:
    first = bike(hours, "2011-01-29", "2011-02-07")
    second = bike(hours, "2011-02-08", "2011-02-14")
    third = bike(hours, "2011-02-15", "2011-02-21")

    assert (first.verdict, first.drifted_features) == ("no drift", [])
    assert (second.verdict, second.drifted_features) == ("no drift", [])
    assert third.verdict == "drift"
    assert "temp" in third.drifted_features
    assert set(third.drifted_features) <= {"temp", "atemp"}
    assert "p-values by block permutation (blocks of" in first.rule


def test_summer_is_drift_and_a_new_season_is_named(hours: pd.DataFrame) -> None:
    result = bike(hours, "2011-06-01", "2011-06-30")

    assert result.verdict == "drift"
    assert {"temp", "atemp", "season"} <= set(result.drifted_features)
    assert "new categories" in feature(result, "season").changes
    assert "categories that are not in the reference" in str(feature(result, "season").reason)


def test_the_month_drifts_and_does_not_count(hours: pd.DataFrame) -> None:
    result = bike(hours, "2011-02-08", "2011-02-14")

    assert feature(result, "mnth").drifted
    assert feature(result, "mnth").role == "calendar"
    assert result.drift_share == 0.0


def test_evidentlys_result_is_in_the_document_with_the_reason_for_the_difference(
    hours: pd.DataFrame,
) -> None:
    result = bike(hours, "2011-02-08", "2011-02-14", evidently=True)

    assert result.evidently is not None
    assert result.evidently.drift_detected
    assert result.verdict == "no drift"
    assert result.difference is not None
    assert "mnth follows the calendar and does not count" in result.difference
    assert "blocks of time" in result.difference
    assert feature(result, "temp").evidently is not None


def test_there_is_no_difference_to_explain_where_both_agree(hours: pd.DataFrame) -> None:
    result = bike(hours, "2011-06-01", "2011-06-30", evidently=True)

    assert result.evidently is not None
    assert result.evidently.drift_detected
    assert result.difference is None


def test_target_drift_is_separate_from_the_features(hours: pd.DataFrame) -> None:
    result = bike(hours, "2011-02-08", "2011-02-14")

    assert result.target_drift is not None
    assert result.target_drift.drifted
    assert result.target_drift.role == "target"
    assert "cnt" not in [found.name for found in result.features]
    assert result.prediction_drift is None


def test_the_order_of_the_rows_of_a_file_changes_nothing(hours: pd.DataFrame) -> None:
    january = between(hours, "2011-01-01", "2011-01-31").assign(at=lambda f: f.index.to_numpy())
    week = between(hours, "2011-02-15", "2011-02-21").assign(at=lambda f: f.index.to_numpy())
    schema = msgspec.structs.replace(BIKE, time="at")

    ordered = evaluate(january, week, schema, evidently=False)
    shuffled = evaluate(january.sample(frac=1, random_state=1), week, schema, evidently=False)

    assert [f.p_value for f in ordered.features] == [f.p_value for f in shuffled.features]


def test_a_value_that_is_not_a_time_is_rejected_with_its_row(hours: pd.DataFrame) -> None:
    january = between(hours, "2011-01-01", "2011-01-31")
    wrong = january.assign(dteday=january["dteday"].where(january.index != 7, "yesterday"))

    with pytest.raises(NotATime, match=r"dteday of the current data.*row 7 holds 'yesterday'"):
        evaluate(january, wrong, BIKE, evidently=False)


def test_data_without_the_time_column_are_evaluated_with_a_warning(hours: pd.DataFrame) -> None:
    january = between(hours, "2011-01-01", "2011-01-31")
    week = between(hours, "2011-02-08", "2011-02-14").drop(columns="dteday")

    result = evaluate(january, week, BIKE, evidently=False)

    assert any("no column dteday in the current data" in warning for warning in result.warnings)
    assert "p-values by permutation of rows." in result.rule


def test_rows_of_one_moment_have_no_order_in_time() -> None:
    schema = msgspec.structs.replace(PLAIN, time="month")
    first, second = rows(300).assign(month="2024-01-31"), rows(200, 1).assign(month="2024-02-29")

    result = evaluate(first, second, schema, evidently=False)

    assert "p-values by permutation of rows." in result.rule
    assert result.verdict == "no drift"


def test_many_rows_do_not_make_a_tiny_shift_drift() -> None:
    result = evaluate(rows(300_000), rows(300_000, 1, shift=0.02), PLAIN, evidently=False)

    found = feature(result, "x")
    assert found.p_value is not None
    assert found.p_value < 0.001
    assert result.verdict == "no drift"
    assert "below the minimum effect" in str(found.reason)
    assert found.score is not None
    assert found.threshold is not None
    assert found.score < found.threshold


def test_the_same_values_in_another_order_have_no_effect_at_all() -> None:
    first = rows(7043).assign(x=np.random.default_rng(3).integers(0, 72, 7043) / 7)
    second = first.sample(frac=1, random_state=1).reset_index(drop=True)

    result = evaluate(first, second, PLAIN, evidently=False)

    assert {item.effect for item in result.features} == {0.0}
    assert {item.reason for item in result.features} == {"No difference in the values."}


def test_a_lower_minimum_lets_the_same_shift_count() -> None:
    schema = msgspec.structs.replace(PLAIN, thresholds=Thresholds(minimum_effect=0.01))

    result = evaluate(rows(300_000), rows(300_000, 1, shift=0.02), schema, evidently=False)

    assert result.drifted_features == ["x"]


@pytest.mark.parametrize("numerical", ["ks", "wasserstein", "psi", "jensen-shannon"])
@pytest.mark.parametrize("categorical", ["chi-square", "jensen-shannon", "psi"])
@pytest.mark.parametrize("size", [400, 40_000])
def test_every_method_passes_its_threshold_exactly_when_the_values_drift(
    numerical: str, categorical: str, size: int
) -> None:
    thresholds = msgspec.convert(
        {"numerical_score": numerical, "categorical_score": categorical}, Thresholds
    )
    schema = msgspec.structs.replace(PLAIN, thresholds=thresholds)
    moved = rows(size, 1, shift=0.5)
    moved["c"] = np.where(np.arange(size) % 3 == 0, "a", moved["c"])

    result = evaluate(rows(size), moved, schema, evidently=False)

    assert result.drifted_features == ["x", "c"]
    for found in result.features:
        assert found.score is not None
        assert found.threshold is not None
        assert (found.score >= found.threshold) == ("values" in found.changes)
        assert found.null_band is not None
        assert found.null_band[0] <= found.null_band[1] <= found.threshold


def test_the_document_keeps_the_corrected_and_the_raw_p_value() -> None:
    result = evaluate(rows(500), rows(500, 1, shift=0.15), PLAIN, evidently=False)

    for found in result.features:
        assert found.p_value is not None
        assert found.raw_p_value is not None
        assert found.raw_p_value <= found.p_value <= 1


def test_the_effect_is_in_the_units_of_the_feature() -> None:
    reference, current = rows(4000), rows(4000, 1)
    schema = msgspec.structs.replace(PLAIN, numerical=("x",))

    result = evaluate(
        reference.assign(x=100 * reference["x"]),
        current.assign(x=100 * current["x"] + 40),
        schema,
        evidently=False,
    )

    found = feature(result, "x")
    assert found.effect == pytest.approx(40, abs=6)
    assert found.effect_size == pytest.approx(0.4, abs=0.06)
    assert found.effect_unit == "units of the feature"


def test_the_share_is_weighted_by_what_the_model_uses() -> None:
    result = evaluate(
        rows(2000), rows(1000, 1, shift=1.0), PLAIN,
        importance={"x": 0.7, "y": 0.2, "c": 0.1}, evidently=False,
    )  # fmt: skip

    assert result.drift_share == pytest.approx(1 / 3)
    assert result.weighted_drift_share == pytest.approx(0.7)


def test_a_threshold_can_require_a_share_of_features() -> None:
    schema = msgspec.structs.replace(PLAIN, thresholds=Thresholds(drift_share=0.5))

    result = evaluate(rows(2000), rows(1000, 1, shift=1.0), schema, evidently=False)

    assert result.drifted_features == ["x"]
    assert result.verdict == "no drift"
    assert "at least 50 % of features drift" in result.rule


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("alpha = 0", "alpha"),
        ("drift_share = 1.5", "drift_share = 1.5"),
        ("minimum_rows = 1", "minimum_rows"),
        ("minimum_effect = -1", "minimum_effect"),
        ('numerical_score = "t-test"', "numerical_score"),
    ],
)
def test_invalid_thresholds_are_rejected(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "schema.toml"
    path.write_text(f'numerical = ["x"]\n[thresholds]\n{line}\n')

    with pytest.raises(SchemaError, match=words):
        Schema.from_toml(path)
