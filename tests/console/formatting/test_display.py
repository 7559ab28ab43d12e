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
def test_the_verdict_in_words_keeps_its_four_states_apart(
    detected: float, moment: float, said: str
) -> None:
    assert display.drift_verdict(detected, moment) == said


@pytest.mark.parametrize(
    ("ratio", "said"),
    [(0.125, "12.5 %"), (0.012, "1.2 %"), (0.0, "0 %"), (1.0, "100 %"), (0.97345, "97.3 %")],
)
def test_a_share_in_percent_has_the_digits_that_its_alert_has_too(ratio: float, said: str) -> None:
    assert display.percent(ratio) == said


def test_scores_beside_each_other_have_as_many_decimals() -> None:
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
def test_a_duration_of_prometheus_has_the_units_of_every_other(prometheus: str, said: str) -> None:
    assert display.interval(prometheus) == said


def test_what_has_no_value_is_a_dash_and_never_a_zero() -> None:
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
