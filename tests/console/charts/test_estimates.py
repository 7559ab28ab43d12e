"""Estimated beside realised performance, drawn."""

import numpy as np

from console.charts.estimates import estimate
from console.series import Series, Span

SPAN = Span(0, 30, 10)


def series(*values: float) -> Series:
    return Series({}, np.array([10.0 * n for n in range(len(values))]), np.array(values))


def test_the_estimate_is_drawn_with_its_interval_and_the_realised_score() -> None:
    found = {
        "estimated": series(20, 21), "lower": series(16, 17), "upper": series(24, 25),
        "realised": series(31, 32),
    }  # fmt: skip
    drawn = estimate(found, "target units", zone="UTC", span=SPAN)
    named = {(trace.name, trace.fill): list(trace.y) for trace in drawn.data}
    assert named["95 % interval", None] == [24, 25]
    assert named["95 % interval", "tonexty"] == [16, 17]
    assert named["estimated", None] == [20, 21]
    assert named["realised", None] == [31, 32]


def test_without_an_estimate_only_the_realised_score_is_drawn() -> None:
    (only,) = estimate({"realised": series(31)}, "", zone="UTC", span=SPAN).data
    assert only.name == "realised"
    nothing = {"estimated": series(np.nan), "realised": series(31)}
    (only,) = estimate(nothing, "", zone="UTC", span=SPAN).data
    assert only.name == "realised"
