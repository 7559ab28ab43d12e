"""Numbers, durations and verdicts as a page shows them."""

import math

import pytest

from console.formatting import display


@pytest.mark.parametrize(
    ("detected", "moment", "said"),
    [
        (math.nan, math.nan, "never evaluated"),
        (0.0, math.nan, "never evaluated"),
        (math.nan, 1.7e9, "not enough data"),
        (1.0, 1.7e9, "drift"),
        (0.0, 1.7e9, "no drift"),
    ],
)
def test_the_four_states_of_the_verdict_have_different_texts(
    detected: float, moment: float, said: str
) -> None:
    assert display.drift_verdict(detected, moment) == said


@pytest.mark.parametrize(
    ("ratio", "said"),
    [(0.125, "12.5 %"), (0.012, "1.2 %"), (0.0, "0 %"), (1.0, "100 %"), (0.97345, "97.3 %")],
)
def test_a_percentage_has_the_same_digits_as_its_alert(ratio: float, said: str) -> None:
    assert display.percent(ratio) == said


def test_scores_have_the_same_number_of_decimals() -> None:
    assert [display.share(value) for value in (0.7, 0.6731, None)] == [
        "0.700",
        "0.673",
        display.NONE,
    ]


def test_a_p_value_is_never_0() -> None:
    assert [display.p_value(p) for p in (0.0, 0.02, None)] == ["< 0.0001", "0.02", ""]


@pytest.mark.parametrize(
    ("prometheus", "said"),
    [("30d", "30 d"), ("5m", "5 min"), ("1m30s", "1 min 30 s"), ("500ms", "500 ms"), ("–", "–")],
)
def test_a_prometheus_duration_has_the_usual_units(prometheus: str, said: str) -> None:
    assert display.interval(prometheus) == said


def test_a_missing_value_is_a_dash_and_not_zero() -> None:
    assert (
        display.number(math.nan)
        == display.percent(None)
        == display.duration(math.inf)
        == display.NONE
    )
    assert display.number(0.0) == "0"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.000012, "12 µs"), (0.0034, "3.4 ms"), (1.234, "1.23 s")]
)
def test_durations_have_the_unit_that_fits(seconds: float, said: str) -> None:
    assert display.duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (59, "59 s"), (61, "1 min"), (7200, "2 h"), (2e5, "2 d")]
)
def test_ages_have_the_unit_that_fits(seconds: float, said: str) -> None:
    assert display.age(seconds) == said
