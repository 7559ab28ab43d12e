"""What Evidently trips over has a clear error or a clear result that counts."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation import Schema, evaluate
from evaluation.errors import (
    DuplicateColumns,
    EmptyData,
    EvaluationError,
    InputError,
    MissingColumns,
    NotANumber,
    NoValues,
    UnusableType,
    ValueTooLarge,
)
from evaluation.inputs.prepare import prepare

SCHEMA = Schema(numerical=("a", "b"), categorical=("c",), target="t", prediction="p")


def rows(n: int = 100, **columns: Any) -> pd.DataFrame:
    generator = np.random.default_rng(n)
    truth = generator.normal(10, 2, n)
    made = {
        "a": generator.normal(size=n),
        "b": generator.normal(size=n),
        "c": generator.choice(["x", "y"], n),
        "t": truth,
        "p": truth + generator.normal(size=n),
    }
    return pd.DataFrame(made | columns)


REFUSED: list[tuple[str, type[InputError], Callable[[], pd.DataFrame], list[str]]] = [
    ("empty", EmptyData, lambda: rows().iloc[:0], ["current", "no rows"]),
    ("missing", MissingColumns, lambda: rows().drop(columns="a"), ["lack a", "Add the columns"]),
    (
        "twice",
        DuplicateColumns,
        lambda: rows().set_axis([*"aactp"], axis=1),
        ["more than one"],
    ),
    ("mixed", NotANumber, lambda: rows(a=[1, "x"] * 50), ["Column a", "row 1 holds 'x'"]),
    ("date", NotANumber, lambda: rows(a=pd.Timestamp("2020")), ["Column a", "Timestamp"]),
    ("complex", UnusableType, lambda: rows(a=1j), ["Column a", "complex"]),
    ("lists", UnusableType, lambda: rows(c=[[1]] * 100), ["Column c", "list"]),
    ("large", ValueTooLarge, lambda: rows(b=[0.0] * 7 + [1e308] * 93), ["Column b", "row 7"]),
]


@pytest.mark.parametrize(
    ("kind", "frame", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_unusable_data_is_rejected_with_column_and_row(
    kind: type[InputError], frame: Callable[[], pd.DataFrame], words: list[str]
) -> None:
    with pytest.raises(kind) as caught:
        evaluate(rows(200), frame(), SCHEMA)
    for word in words:
        assert word in str(caught.value)


def test_a_reference_column_without_values_is_rejected() -> None:
    with pytest.raises(NoValues, match="Column a of the reference data"):
        evaluate(rows(200, a=np.nan), rows(), SCHEMA)


COUNTED: dict[str, tuple[dict[str, Any], str]] = {
    "infinities": ({"a": [np.inf] * 3 + [0.0, 1.0] * 48 + [0.0]}, "a has 3 infinite values"),
    "missing": ({"a": [np.nan] * 4 + [0.0, 1.0] * 48}, "a has no value in 4 of 100 rows"),
    "all missing": ({"a": np.nan}, "a has no values in the current data"),
    "text": ({"a": ["1", "2"] * 50}, "a has numbers stored as text in 100 rows"),
    "new categories": ({"c": ["new"] * 9 + ["x"] * 91}, "1 category that is not in the reference"),
    "truth": ({"t": [np.nan] * 60 + [1.0, 2.0] * 20}, "t has no value in 60 of 100 rows"),
    "zero truth": ({"t": 0.0}, "100 targets are 0"),
    "negative truth": ({"t": -5.0}, "negative"),
}


@pytest.mark.parametrize(("columns", "words"), COUNTED.values(), ids=COUNTED)
def test_unusual_data_is_evaluated_with_a_warning(columns: dict[str, Any], words: str) -> None:
    made = evaluate(rows(200), rows(**columns), SCHEMA)
    assert any(words in warning for warning in made.warnings), made.warnings
    assert made.rows.current == 100
    assert b"NaN" not in made.encode()


def test_a_column_that_is_constant_in_both_data_sets_is_a_warning() -> None:
    made = evaluate(rows(200, a=7.0), rows(a=7.0), SCHEMA)
    assert "a is constant in both data sets." in made.warnings
    assert made.features[0].drifted is False


def test_a_column_with_a_different_constant_in_each_data_set_names_both() -> None:
    made = evaluate(rows(200, a=1), rows(a=2), SCHEMA)
    assert "a is always 1 in the reference data, 2 in the current data." in made.warnings


def test_rows_without_truth_are_left_out_of_the_scores_only() -> None:
    current = rows()
    current.loc[:59, "t"] = np.nan
    made = evaluate(rows(200), current, SCHEMA)
    scored = current.dropna()
    assert made.rows.with_target == 40
    assert made.quality is not None
    assert made.quality.mae == pytest.approx((scored["p"] - scored["t"]).abs().mean(), abs=1e-9)
    assert sum(made.features[0].distribution.current) == 100


def test_features_that_are_missing_take_no_row_out_of_the_scores() -> None:
    current = rows(a=[np.nan, 1.0] * 50)
    made = evaluate(rows(200), current, SCHEMA)
    assert made.quality is not None
    assert made.quality.mae == pytest.approx((current["p"] - current["t"]).abs().mean(), abs=1e-9)


TYPES: dict[str, Any] = {
    "uint8": pd.array([1, 2] * 50, dtype="uint8"),
    "Int64": pd.array([1, 2] * 50, dtype="Int64"),
    "Float64": pd.array([1, 2] * 50, dtype="Float64"),
    "bool": np.array([True, False] * 50),
    "boolean": pd.array([True, False] * 50, dtype="boolean"),
    "arrow": pd.array([1.0, 2.0] * 50, dtype="double[pyarrow]"),
    "category": pd.Categorical([1, 2] * 50),
    "timedelta": pd.array([pd.Timedelta(seconds=n) for n in (1, 2)] * 50),
}


@pytest.mark.parametrize("values", TYPES.values(), ids=TYPES)
def test_every_type_of_number_becomes_a_float_and_has_a_score(values: Any) -> None:
    made = evaluate(rows(200), rows(a=values), SCHEMA)
    assert made.features[0].score is not None
    assert made.features[0].missing.current == 0


def test_the_index_and_the_order_of_columns_do_not_matter() -> None:
    current = rows()
    moved = current[["p", "c", "t", "b", "a"]].set_axis([f"row {i}" for i in range(100)])
    plain, other = (evaluate(rows(200), frame, SCHEMA) for frame in (current, moved))
    assert plain.features == other.features
    assert plain.quality == other.quality


def test_a_category_is_the_same_for_every_type_of_its_values() -> None:
    spellings: list[Any] = [1, 1.0, "1", True]
    for spelling in spellings:
        prepared = prepare(rows(c=1), rows(c=[spelling] * 100), SCHEMA)
        assert prepared.new_categories == {}
        assert set(prepared.current["c"]) == {"1"}


def test_the_frames_of_the_caller_are_not_changed() -> None:
    current = rows(a=["1", "2"] * 50)
    before = current.copy(deep=True)
    evaluate(rows(200), current, SCHEMA)
    pd.testing.assert_frame_equal(current, before)


def test_any_content_of_a_column_raises_an_input_error_at_most() -> None:
    odd: list[Any] = [None, {}, b"x", object(), 10**400, "", float("inf"), 1e308, (1, 2), np.nan]
    for numerical in (True, False):
        for value in odd:
            column = pd.Series([value] * 100, dtype=object)
            current = rows().assign(**{"a" if numerical else "c": column})
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    assert evaluate(rows(200), current, SCHEMA, evidently=False).rows.current == 100
                except EvaluationError as error:
                    assert "Column " in str(error)
