"""How the rate of the positive class moved: pairs by identifier, independent samples, intervals."""

import numpy as np
import pandas as pd
import pytest

from evaluation import Schema, evaluate
from evaluation.drift.target_rates import of_pairs, of_samples, target_rates

SCHEMA = Schema(task="binary", numerical=("x",), target="left", id="user")


def frame(labels: list[int], users: list[str] | None = None) -> pd.DataFrame:
    users = users or [str(number) for number in range(len(labels))]
    return pd.DataFrame(
        {"user": users, "x": np.arange(len(labels), dtype="float64"), "left": labels}
    )


def test_the_interval_of_pairs_is_that_of_newcombes_example() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table II: 20, 12, 2, 16; his difference is ours
    # with the sign turned
    found = of_pairs("1", [[20, 12], [2, 16]])
    assert found.difference == pytest.approx(-0.2)
    assert (found.lower, found.upper) == pytest.approx((-0.3292, -0.0562), abs=1e-4)
    # McNemar exact of 2 against 12: 2 * (1 + 14 + 91) / 2^14
    assert found.p_value == pytest.approx(2 * 106 / 2**14)


def test_the_interval_of_independent_samples_is_that_of_newcombes_example() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 873: 56/70 against 48/80, method 10
    found = of_samples("1", 48, 80, 56, 70)
    assert found.difference == pytest.approx(0.2)
    assert (found.lower, found.upper) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_the_same_users_in_another_order_are_pairs() -> None:
    before = frame([1, 1, 0, 0, 1, 0], list("abcdef"))
    after = frame([0, 1, 0, 0, 1, 0], list("fabcde"))
    found = target_rates(before, after, SCHEMA)
    assert found is not None
    assert found.pairs == 6
    # f: 0 to 0; a: 1 to 1; b: 1 to 0; c: 0 to 0; d: 0 to 1; e: 1 to 0
    assert (found.reference, found.current) == pytest.approx((3 / 6, 2 / 6))
    assert found.p_value == pytest.approx(1.0)


@pytest.mark.parametrize("users", [list("abcdeg"), list("abcdee"), ["a", "b", "c", "d", "e", None]])
def test_other_repeated_or_missing_identifiers_make_no_pairs(users: list[str]) -> None:
    found = target_rates(frame([1, 0] * 3, list("abcdef")), frame([0, 0, 1] * 2, users), SCHEMA)
    assert found is not None and found.pairs is None
    assert found.difference == pytest.approx(2 / 6 - 3 / 6)


def test_identifiers_are_the_same_as_whole_numbers_floats_and_text() -> None:
    schema = Schema(task="binary", numerical=("x",), target="y", prediction="p", id="user")
    first = pd.DataFrame({"x": 1.0, "y": [0, 1, 1, 0], "p": 0, "user": [1, 2, 3, 4]})
    for kind in (float, str):
        second = first.assign(user=first["user"].astype(kind))
        found = target_rates(first, second, schema)
        assert found is not None
        assert found.pairs == 4


def test_pairs_see_what_independent_samples_do_not() -> None:
    # 30 of 1,000 stop and nobody starts: chance gives that in no pairs, and often in samples
    before = [1] * 300 + [0] * 700
    after = [0] * 30 + before[30:]
    paired = target_rates(frame(before), frame(after), SCHEMA)
    unpaired = target_rates(frame(before), frame(after, [f"n{i}" for i in range(1000)]), SCHEMA)
    assert paired is not None and unpaired is not None
    assert paired.difference == unpaired.difference == pytest.approx(-0.03)
    assert paired.p_value < 1e-8 < 0.1 < unpaired.p_value
    assert paired.upper < 0 < unpaired.upper


def test_the_interval_of_pairs_holds_the_true_difference_as_often_as_it_says() -> None:
    random = np.random.default_rng(0)
    held = 0
    for _ in range(1000):
        table = random.multinomial(400, [0.2, 0.08, 0.04, 0.68])
        found = of_pairs("1", [[int(table[0]), int(table[1])], [int(table[2]), int(table[3])]])
        held += found.lower <= -0.04 <= found.upper
    assert 930 <= held <= 970


def test_without_two_classes_and_truth_there_is_no_difference_of_rates() -> None:
    rows = frame([0, 1, 0, 1])
    assert target_rates(rows, rows.drop(columns="left"), SCHEMA) is None
    assert target_rates(rows, frame([0, 1, 2, 3]), SCHEMA) is None
    regression = Schema(task="regression", numerical=("x",), target="left")
    assert target_rates(rows, rows, regression) is None


def test_the_document_has_the_rates_and_no_identifier_among_the_features() -> None:
    rows = frame([0, 1] * 50)
    made = evaluate(rows, rows, SCHEMA, evidently=False)
    assert made.target_rates is not None
    assert (made.target_rates.difference, made.target_rates.pairs) == (0.0, 100)
    assert [feature.name for feature in made.features] == ["x"]
