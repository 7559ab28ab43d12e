"""Operations and alerts on one time axis."""

import numpy as np

from console import charts
from console.charts.operations import Strip, strips
from console.series import Series, Span


def test_operations_share_one_time_axis_with_the_alerts_below() -> None:
    rows = [Strip(name, "ratio", [Series({}, np.arange(3.0), np.ones(3))]) for name in ("a", "b")]
    bars = [charts.Interval("Drift", "firing", 1, 2)]
    figure = strips(rows, bars, [charts.Mark(1.5, "version x")], Span(0, 3, 1), "UTC")
    assert len(figure.data) == 3
    texts = [item.text for item in figure.layout.annotations]
    assert texts[:3] == ["a, %", "b, %", "Alerts"]
    assert "version x" in texts
