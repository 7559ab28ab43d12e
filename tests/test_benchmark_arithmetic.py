"""The benchmarks' own arithmetic is right."""

import math

import pytest

from tests.benchmarks.arithmetic import medians, percentile, table


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_the_percentile_of_nothing_is_no_number() -> None:
    assert math.isnan(percentile([], 0.5))


def test_rounds_are_joined_by_their_medians() -> None:
    assert medians([{"a": 1.0}, {"a": 9.0}, {"a": 2.0}]) == {"a": 2.0}


def test_a_table_lines_up() -> None:
    lines = table([["ours", 4000.0], ["theirs", 0.5]], ["who", "rate"]).splitlines()
    assert lines[2] == "ours    4,000"
    assert lines[3] == "theirs    0.5"
