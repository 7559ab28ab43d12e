"""The verdict in an evaluation: what counts, what chance explains, and what Evidently says."""

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


def feature(made: Evaluation, name: str) -> FeatureDrift:
    return next(found for found in made.features if found.name == name)


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
    made = bike(hours, "2011-06-01", "2011-06-30")

    assert made.verdict == "drift"
    assert {"temp", "atemp", "season"} <= set(made.drifted_features)
    assert "new categories" in feature(made, "season").changes
    assert "categories that are not in the reference" in str(feature(made, "season").reason)


def test_the_month_drifts_and_does_not_count(hours: pd.DataFrame) -> None:
    made = bike(hours, "2011-02-08", "2011-02-14")

    assert feature(made, "mnth").drifted
    assert feature(made, "mnth").role == "calendar"
    assert made.drift_share == 0.0


def test_evidentlys_own_answer_stands_beside_ours_with_the_reason(hours: pd.DataFrame) -> None:
    made = bike(hours, "2011-02-08", "2011-02-14", evidently=True)

    assert made.evidently is not None
    assert made.evidently.drift_detected
    assert made.verdict == "no drift"
    assert made.difference is not None
    assert "mnth follows the calendar and does not count" in made.difference
    assert "blocks of time" in made.difference
    assert feature(made, "temp").evidently is not None


def test_there_is_no_difference_to_explain_where_both_agree(hours: pd.DataFrame) -> None:
    made = bike(hours, "2011-06-01", "2011-06-30", evidently=True)

    assert made.evidently is not None
    assert made.evidently.drift_detected
    assert made.difference is None


def test_target_drift_stands_apart(hours: pd.DataFrame) -> None:
    made = bike(hours, "2011-02-08", "2011-02-14")

    assert made.target_drift is not None
    assert made.target_drift.drifted
    assert made.target_drift.role == "target"
    assert "cnt" not in [found.name for found in made.features]
    assert made.prediction_drift is None


def test_the_order_of_the_rows_of_a_file_changes_nothing(hours: pd.DataFrame) -> None:
    january = between(hours, "2011-01-01", "2011-01-31").assign(at=lambda f: f.index.to_numpy())
    week = between(hours, "2011-02-15", "2011-02-21").assign(at=lambda f: f.index.to_numpy())
    schema = msgspec.structs.replace(BIKE, time="at")

    ordered = evaluate(january, week, schema, evidently=False)
    shuffled = evaluate(january.sample(frac=1, random_state=1), week, schema, evidently=False)

    assert [f.p_value for f in ordered.features] == [f.p_value for f in shuffled.features]


def test_a_time_that_is_none_is_refused_by_row(hours: pd.DataFrame) -> None:
    january = between(hours, "2011-01-01", "2011-01-31")
    wrong = january.assign(dteday=january["dteday"].where(january.index != 7, "yesterday"))

    with pytest.raises(NotATime, match=r"dteday of the current data.*row 7 holds 'yesterday'"):
        evaluate(january, wrong, BIKE, evidently=False)


def test_data_without_the_time_column_are_evaluated_and_say_so(hours: pd.DataFrame) -> None:
    january = between(hours, "2011-01-01", "2011-01-31")
    week = between(hours, "2011-02-08", "2011-02-14").drop(columns="dteday")

    made = evaluate(january, week, BIKE, evidently=False)

    assert any("no column dteday in the current data" in warning for warning in made.warnings)
    assert "p-values by permutation of rows." in made.rule


def test_rows_of_one_moment_have_no_order_in_time() -> None:
    schema = msgspec.structs.replace(PLAIN, time="month")
    first, second = rows(300).assign(month="2024-01-31"), rows(200, 1).assign(month="2024-02-29")

    made = evaluate(first, second, schema, evidently=False)

    assert "p-values by permutation of rows." in made.rule
    assert made.verdict == "no drift"


def test_many_rows_do_not_make_a_tiny_shift_drift() -> None:
    made = evaluate(rows(300_000), rows(300_000, 1, shift=0.02), PLAIN, evidently=False)

    found = feature(made, "x")
    assert found.p_value is not None
    assert found.p_value < 0.001
    assert made.verdict == "no drift"
    assert "below the minimum effect" in str(found.reason)
    assert found.score is not None
    assert found.threshold is not None
    assert found.score < found.threshold


def test_the_same_values_in_another_order_have_no_effect_at_all() -> None:
    first = rows(7043).assign(x=np.random.default_rng(3).integers(0, 72, 7043) / 7)
    second = first.sample(frac=1, random_state=1).reset_index(drop=True)

    made = evaluate(first, second, PLAIN, evidently=False)

    assert {item.effect for item in made.features} == {0.0}


def test_a_lower_minimum_lets_the_same_shift_count() -> None:
    schema = msgspec.structs.replace(PLAIN, thresholds=Thresholds(minimum_effect=0.01))

    made = evaluate(rows(300_000), rows(300_000, 1, shift=0.02), schema, evidently=False)

    assert made.drifted_features == ["x"]


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

    made = evaluate(rows(size), moved, schema, evidently=False)

    assert made.drifted_features == ["x", "c"]
    for found in made.features:
        assert found.score is not None
        assert found.threshold is not None
        assert (found.score >= found.threshold) == ("values" in found.changes)
        assert found.null_band is not None
        assert found.null_band[0] <= found.null_band[1] <= found.threshold


def test_the_document_keeps_the_corrected_and_the_raw_p_value() -> None:
    made = evaluate(rows(500), rows(500, 1, shift=0.15), PLAIN, evidently=False)

    for found in made.features:
        assert found.p_value is not None
        assert found.raw_p_value is not None
        assert found.raw_p_value <= found.p_value <= 1


def test_the_effect_is_in_the_units_of_the_feature() -> None:
    reference, current = rows(4000), rows(4000, 1)
    schema = msgspec.structs.replace(PLAIN, numerical=("x",))

    made = evaluate(
        reference.assign(x=100 * reference["x"]),
        current.assign(x=100 * current["x"] + 40),
        schema,
        evidently=False,
    )

    found = feature(made, "x")
    assert found.effect == pytest.approx(40, abs=6)
    assert found.effect_size == pytest.approx(0.4, abs=0.06)
    assert found.effect_unit == "units of the feature"


def test_the_share_is_weighted_by_what_the_model_uses() -> None:
    made = evaluate(
        rows(2000), rows(1000, 1, shift=1.0), PLAIN,
        importance={"x": 0.7, "y": 0.2, "c": 0.1}, evidently=False,
    )  # fmt: skip

    assert made.drift_share == pytest.approx(1 / 3)
    assert made.weighted_drift_share == pytest.approx(0.7)


def test_a_share_of_features_can_be_asked_for() -> None:
    schema = msgspec.structs.replace(PLAIN, thresholds=Thresholds(drift_share=0.5))

    made = evaluate(rows(2000), rows(1000, 1, shift=1.0), schema, evidently=False)

    assert made.drifted_features == ["x"]
    assert made.verdict == "no drift"
    assert "at least 50 % of features drift" in made.rule


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
def test_thresholds_that_make_no_sense_are_refused(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "schema.toml"
    path.write_text(f'numerical = ["x"]\n[thresholds]\n{line}\n')

    with pytest.raises(SchemaError, match=words):
        Schema.from_toml(path)
