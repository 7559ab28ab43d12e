"""Draws the drift scores of features with their null distributions and thresholds. Pure."""

from collections.abc import Iterable, Sequence

import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, GREY, REFERENCE, figure
from console.formatting import locale_numbers
from evaluation.result import FeatureDrift

ROW_HEIGHT = 30
# larger scores are drawn here: one outlier would make the others unreadable
FURTHEST = 3.0


def scores_against_chance(features: Sequence[FeatureDrift]) -> go.Figure:
    """Draw each score divided by its threshold, so that different methods are comparable.

    The dashed line at 1 is the threshold, a bar the 95 % range of the null distribution.
    """
    drawn = [item for item in reversed(features) if _usable(item)]
    chart = figure(60 + ROW_HEIGHT * len(drawn))
    bands = [item for item in drawn if item.null_band is not None]
    chart.add_bar(
        base=[_relative(item, item.null_band[0]) for item in bands if item.null_band],
        x=[_relative(item, item.null_band[1] - item.null_band[0])
           for item in bands if item.null_band],
        y=[item.name for item in bands], orientation="h", width=0.5, name="by chance (95 %)",
        marker={"color": REFERENCE, "opacity": 0.5},
        customdata=[_written(item.null_band, 3) for item in bands],
        hovertemplate="by chance %{customdata[0]} to %{customdata[1]}<extra>%{y}</extra>",
    )  # fmt: skip
    for drifted, name, colour, symbol in (
        (True, "drifts", CURRENT, "diamond"),
        (False, "does not drift", COLOURS[0], "circle"),
    ):
        some = [item for item in drawn if bool(item.drifted) == drifted]
        if some:
            chart.add_scatter(
                x=[min(_relative(item, item.score or 0.0), FURTHEST) for item in some],
                y=[item.name for item in some], mode="markers", name=name,
                marker={"color": colour, "symbol": symbol, "size": 11},
                customdata=[_written((item.score, item.threshold), 4) for item in some],
                hovertemplate="score %{customdata[0]}, threshold %{customdata[1]}"
                "<extra>%{y}</extra>",
            )  # fmt: skip
    chart.add_vline(1, line={"dash": "dash", "width": 1.4, "color": GREY})
    chart.update_xaxes(
        title=f"score / threshold (larger than {FURTHEST:g} drawn at {FURTHEST:g})",
        rangemode="tozero",
    )
    chart.update_yaxes(
        type="category", categoryorder="array", categoryarray=[item.name for item in drawn]
    )
    chart.update_layout(barmode="overlay")
    return chart


def _usable(item: FeatureDrift) -> bool:
    return item.score is not None and item.threshold is not None and item.threshold > 1e-12


def _written(values: Iterable[float | None] | None, digits: int) -> list[str]:
    return [locale_numbers.general(value or 0.0, digits) for value in values or ()]


def _relative(item: FeatureDrift, value: float) -> float:
    return value / (item.threshold or 1.0)
