"""Line charts: colours, units, gaps."""

import math

import numpy as np
from plotly.graph_objects import Figure

from console import charts
from console.series import Series


def series(values: list[float], **labels: str) -> Series:
    return Series(labels, np.arange(len(values), dtype=float), np.array(values))


def test_many_lines_all_look_different_on_light_and_dark() -> None:
    def looks(figure: Figure) -> set[tuple[str, str]]:
        return {(trace.line.color, trace.line.dash) for trace in figure.data}

    figure = charts.lines([series([1.0, 2.0])] * 20, "")
    assert len(looks(figure)) == 20
    assert len(looks(charts.adapt_to_dark(figure))) == 20


def test_a_chart_of_seconds_is_drawn_in_milliseconds() -> None:
    figure = charts.lines([series([0.001, 0.002])], "seconds")
    assert list(figure.data[0].y) == [1.0, 2.0]
    assert figure.layout.yaxis.title.text == "ms"


def test_gaps_of_a_series_stay_gaps_in_its_chart() -> None:
    figure = charts.lines([series([1.0, math.nan, 3.0])], "rows")
    assert math.isnan(figure.data[0].y[1])
    assert not figure.data[0].connectgaps
