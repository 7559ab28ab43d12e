"""Series become numbers and words without losing what they mean."""

import math

import numpy as np
import pandas as pd
import pytest
from plotly.graph_objects import Figure

from console import charts
from console.formatting import display
from console.series import (
    MOST_POINTS,
    SHORTEST_STEP_SECONDS,
    Series,
    finite_values,
    insert_gaps,
    samples_frame,
    single_value,
    span_between,
    span_until,
    to_csv,
)


def series(values: list[float], **labels: str) -> Series:
    return Series(labels, np.arange(len(values), dtype=float), np.array(values))


@pytest.mark.parametrize("seconds", [60, 900, 3600, 86_400, 604_800, 31_536_000])
def test_a_span_never_asks_for_more_points_than_prometheus_gives(seconds: int) -> None:
    made = span_until(1_700_000_003.7, seconds)
    assert (made.end - made.start) / made.step <= MOST_POINTS
    assert made.step >= SHORTEST_STEP_SECONDS
    assert made.end <= 1_700_000_003.7


def test_two_looks_within_a_step_ask_the_same_so_that_the_cache_hits() -> None:
    assert span_until(1_700_000_001, 3600) == span_until(1_700_000_002.5, 3600)


def test_no_series_is_not_zero() -> None:
    assert math.isnan(single_value([]))
    assert single_value([series([0.0])]) == 0.0


def test_a_long_frame_has_a_row_a_sample() -> None:
    frame = samples_frame([series([1.0, 2.0], job="a"), series([3.0], job="b")])
    assert frame["series"].tolist() == ["a", "a", "b"]
    assert frame["value"].tolist() == [1.0, 2.0, 3.0]
    assert str(frame["time"].dt.tz) == "UTC"
    assert list(samples_frame([]).columns) == ["time", "series", "value"]


def test_a_sparkline_leaves_gaps_out() -> None:
    assert finite_values(series([1.0, math.nan, 2.0])) == [1.0, 2.0]


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


def test_no_two_of_many_lines_look_alike_on_either_ground() -> None:
    def looks(figure: Figure) -> set[tuple[str, str]]:
        return {(trace.line.color, trace.line.dash) for trace in figure.data}

    figure = charts.lines([series([1.0, 2.0])] * 20, "")
    assert len(looks(figure)) == 20
    assert len(looks(charts.adapt_to_dark(figure))) == 20


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


def test_a_chart_of_seconds_is_drawn_in_milliseconds() -> None:
    figure = charts.lines([series([0.001, 0.002])], "seconds")
    assert list(figure.data[0].y) == [1.0, 2.0]
    assert figure.layout.yaxis.title.text == "ms"


def test_gaps_of_a_series_stay_gaps_in_its_chart() -> None:
    figure = charts.lines([series([1.0, math.nan, 3.0])], "rows")
    assert math.isnan(figure.data[0].y[1])
    assert not figure.data[0].connectgaps


def test_a_label_that_looks_like_a_formula_is_text_in_a_csv() -> None:
    frame = pd.DataFrame({"series": ["=HYPERLINK(1)", "api"], "value": [-1.5, 2.0]})
    assert to_csv(frame).splitlines() == ["series,value", "'=HYPERLINK(1),-1.5", "api,2.0"]


def test_a_line_breaks_where_samples_are_missing() -> None:
    series = Series({}, np.array([0.0, 5, 20, 25]), np.ones(4))
    filled = insert_gaps(series, 5)
    assert filled.times.tolist() == [0, 5, 10, 20, 25]
    assert math.isnan(filled.values[2])


def test_a_chosen_time_range_is_widened_to_whole_steps() -> None:
    made = span_between(1003.0, 1397.0)
    assert made.start <= 1003 and made.end >= 1397
    assert made.start % made.step == made.end % made.step == 0
