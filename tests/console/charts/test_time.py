"""Charts over time."""

import numpy as np
import pandas as pd
import pytest

from console import charts
from console.series import Series, Span, shift


def test_the_text_of_a_late_mark_stays_in_the_chart() -> None:
    span = Span(0, 1000, 10)
    assert charts.time.text_anchor(charts.Mark(990, "version"), span) == "right"
    assert charts.time.text_anchor(charts.Mark(100, "version"), span) == "left"


def test_the_previous_period_is_drawn_behind_this_one() -> None:
    span = Span(100, 200, 5)
    assert span.previous == Span(0, 100, 5)
    (moved,) = shift([Series({}, np.array([50.0]), np.ones(1))], 100)
    assert moved.times.tolist() == [150]
    figure = charts.lines([moved], "", previous=[moved], span=span)
    assert [trace.name for trace in figure.data] == ["previous period", "now"]


def test_the_heatmap_shows_each_bucket_and_not_the_cumulative_sum() -> None:
    found = [
        Series({"le": le}, np.array([1.0, 2.0]), np.array(values))
        for le, values in (("0.1", [2.0, 3.0]), ("+Inf", [7.0, 3.0]), ("0.01", [1.0, 1.0]))
    ]
    (trace,) = charts.heatmap(found).data
    assert list(trace.y) == ["10 ms", "100 ms", "longer"]
    assert np.nan_to_num(trace.z).tolist() == [[1, 1], [1, 2], [5, 0]]


@pytest.mark.parametrize(
    ("unit", "values", "shown"),
    [
        ("ratio", [0.5], (100, "%")),
        ("seconds", [0.5], (1000, "ms")),
        ("seconds", [50.0], (1, "s")),
        ("bytes/s", [3e6], (1e-6, "MB/s")),
        ("bytes", [12.0], (1, "B")),
        ("rows", [12.0], (1, "rows")),
    ],
)
def test_units_are_scaled_to_readable_sizes(
    unit: str, values: list[float], shown: tuple[float, str]
) -> None:
    assert charts.scale(unit, [np.array(values)]) == shown


def test_times_are_drawn_in_the_time_zone_of_the_reader() -> None:
    figure = charts.lines(
        [Series({}, np.array([0.0, 5.0]), np.ones(2))], "", zone="Asia/Tokyo", span=Span(0, 60, 5)
    )
    assert pd.Timestamp(figure.data[0].x[0]) == pd.Timestamp("1970-01-01 09:00")
