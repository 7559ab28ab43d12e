"""Series become numbers and words without losing what they mean."""

import math

import numpy as np
import pandas as pd
import pytest

from console.series import (
    MAX_POINTS,
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
def test_a_span_never_has_more_points_than_prometheus_returns(seconds: int) -> None:
    made = span_until(1_700_000_003.7, seconds)
    assert (made.end - made.start) / made.step <= MAX_POINTS
    assert made.step >= SHORTEST_STEP_SECONDS
    assert made.end <= 1_700_000_003.7


def test_two_spans_within_a_step_are_equal_for_the_cache() -> None:
    assert span_until(1_700_000_001, 3600) == span_until(1_700_000_002.5, 3600)


def test_no_series_is_not_zero() -> None:
    assert math.isnan(single_value([]))
    assert single_value([series([0.0])]) == 0.0


def test_a_samples_frame_has_a_row_per_sample() -> None:
    frame = samples_frame([series([1.0, 2.0], job="a"), series([3.0], job="b")])
    assert frame["series"].tolist() == ["a", "a", "b"]
    assert frame["value"].tolist() == [1.0, 2.0, 3.0]
    assert str(frame["time"].dt.tz) == "UTC"
    assert list(samples_frame([]).columns) == ["time", "series", "value"]


def test_a_sparkline_skips_gaps() -> None:
    assert finite_values(series([1.0, math.nan, 2.0])) == [1.0, 2.0]


def test_a_label_that_looks_like_a_formula_is_text_in_a_csv() -> None:
    frame = pd.DataFrame({"series": ["=HYPERLINK(1)", "api"], "value": [-1.5, 2.0]})
    assert to_csv(frame).splitlines() == ["series,value", "'=HYPERLINK(1),-1.5", "api,2.0"]


def test_a_line_breaks_where_samples_are_missing() -> None:
    series = Series({}, np.array([0.0, 5, 20, 25]), np.ones(4))
    filled = insert_gaps(series, 5)
    assert filled.times.tolist() == [0, 5, 10, 20, 25]
    assert math.isnan(filled.values[2])


def test_a_zoom_is_widened_to_whole_steps() -> None:
    made = span_between(1003.0, 1397.0)
    assert made.start <= 1003 and made.end >= 1397
    assert made.start % made.step == made.end % made.step == 0
