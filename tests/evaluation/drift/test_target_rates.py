"""The change of the rate of the positive class: pairs, independent samples, intervals."""

import numpy as np
import pandas as pd
import pytest

from evaluation import Schema, evaluate
from evaluation.drift.target_rates import (
    compare_pairs,
    compare_samples,
    target_rates,
    wilson_interval,
)

SCHEMA = Schema(task="binary", numerical=("x",), target="left", id="user")


def frame(labels: list[int], users: list[str] | None = None) -> pd.DataFrame:
    users = users or [str(number) for number in range(len(labels))]
    return pd.DataFrame(
        {"user": users, "x": np.arange(len(labels), dtype="float64"), "left": labels}
    )


def test_the_interval_of_pairs_equals_newcombes_example() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table II: 20, 12, 2, 16; his difference has the
    # opposite sign
    rates = compare_pairs("1", both=20, only_reference=12, only_current=2, neither=16)
    assert rates.difference == pytest.approx(-0.2)
    assert (rates.lower, rates.upper) == pytest.approx((-0.3292, -0.0562), abs=1e-4)
    # McNemar exact of 2 against 12: 2 * (1 + 14 + 91) / 2^14
    assert rates.p_value == pytest.approx(2 * 106 / 2**14)


def test_the_interval_of_independent_samples_equals_newcombes_example() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 873: 56/70 against 48/80, method 10
    rates = compare_samples("1", 48, 80, 56, 70)
    assert rates.difference == pytest.approx(0.2)
    assert (rates.lower, rates.upper) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_wilsons_interval_equals_newcombes_table() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 857, table I, method 3
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (count, rows), interval in published.items():
        assert wilson_interval(count, rows) == pytest.approx(interval, abs=5e-5)


def test_wilsons_interval_of_every_row_ends_at_one() -> None:
    z = 1.959963984540054
    assert wilson_interval(20, 20) == pytest.approx((1 / (1 + z**2 / 20), 1.0))


def test_the_same_users_in_another_order_are_pairs() -> None:
    before = frame([1, 1, 0, 0, 1, 0], list("abcdef"))
    after = frame([0, 1, 0, 0, 1, 0], list("fabcde"))
    rates = target_rates(before, after, SCHEMA)
    assert rates is not None
    assert rates.pairs == 6
    # f: 0 to 0; a: 1 to 1; b: 1 to 0; c: 0 to 0; d: 0 to 1; e: 1 to 0
    assert (rates.reference, rates.current) == pytest.approx((3 / 6, 2 / 6))
    assert rates.p_value == pytest.approx(1.0)


@pytest.mark.parametrize("users", [list("abcdeg"), list("abcdee"), ["a", "b", "c", "d", "e", None]])
def test_different_repeated_or_missing_identifiers_are_not_pairs(users: list[str]) -> None:
    rates = target_rates(frame([1, 0] * 3, list("abcdef")), frame([0, 0, 1] * 2, users), SCHEMA)
    assert rates is not None and rates.pairs is None
    assert rates.difference == pytest.approx(2 / 6 - 3 / 6)


def test_identifiers_match_as_integers_floats_and_text() -> None:
    schema = Schema(task="binary", numerical=("x",), target="y", prediction="p", id="user")
    first = pd.DataFrame({"x": 1.0, "y": [0, 1, 1, 0], "p": 0, "user": [1, 2, 3, 4]})
    for kind in (float, str):
        second = first.assign(user=first["user"].astype(kind))
        rates = target_rates(first, second, schema)
        assert rates is not None
        assert rates.pairs == 4


def test_pairs_detect_a_change_that_independent_samples_do_not() -> None:
    # 30 of 1,000 stop and nobody starts: not by chance in pairs, often by chance in samples
    before = [1] * 300 + [0] * 700
    after = [0] * 30 + before[30:]
    paired = target_rates(frame(before), frame(after), SCHEMA)
    unpaired = target_rates(frame(before), frame(after, [f"n{i}" for i in range(1000)]), SCHEMA)
    assert paired is not None and unpaired is not None
    assert paired.difference == unpaired.difference == pytest.approx(-0.03)
    assert paired.p_value < 1e-8 < 0.1 < unpaired.p_value
    assert paired.upper < 0 < unpaired.upper


def test_the_interval_of_pairs_covers_the_true_difference_95_times_of_100() -> None:
    random = np.random.default_rng(0)
    covered = 0
    for _ in range(1000):
        counts = [int(count) for count in random.multinomial(400, [0.2, 0.08, 0.04, 0.68])]
        rates = compare_pairs(
            "1", both=counts[0], only_reference=counts[1], only_current=counts[2], neither=counts[3]
        )
        covered += rates.lower <= -0.04 <= rates.upper
    assert 930 <= covered <= 970


def test_there_is_no_difference_of_rates_without_two_classes_and_ground_truth() -> None:
    rows = frame([0, 1, 0, 1])
    assert target_rates(rows, rows.drop(columns="left"), SCHEMA) is None
    assert target_rates(rows, frame([0, 1, 2, 3]), SCHEMA) is None
    regression = Schema(task="regression", numerical=("x",), target="left")
    assert target_rates(rows, rows, regression) is None


def test_the_document_has_the_rates_and_no_identifier_among_the_features() -> None:
    rows = frame([0, 1] * 50)
    evaluation = evaluate(rows, rows, SCHEMA, evidently=False)
    assert evaluation.target_rates is not None
    assert (evaluation.target_rates.difference, evaluation.target_rates.pairs) == (0.0, 100)
    assert [feature.name for feature in evaluation.features] == ["x"]
