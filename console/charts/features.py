"""The features of one evaluation: each score against its null band and its threshold."""

from collections.abc import Iterable, Sequence

import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, GREY, REFERENCE, figure
from console.formatting import locale_numbers
from evaluation.result import FeatureDrift

ROW_HEIGHT = 30
# further is drawn here, for one far feature would squeeze the others
FURTHEST = 3.0


def scores_against_chance(features: Sequence[FeatureDrift]) -> go.Figure:
    """Scores in units of their own threshold, so that features of several methods can be held
    against each other: the line at 1 is drift of the values, the bar is what chance does."""
    drawn = [item for item in reversed(features) if _usable(item)]
    made = figure(60 + ROW_HEIGHT * len(drawn))
    bands = [item for item in drawn if item.null_band is not None]
    made.add_bar(
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
            made.add_scatter(
                x=[min(_relative(item, item.score or 0.0), FURTHEST) for item in some],
                y=[item.name for item in some], mode="markers", name=name,
                marker={"color": colour, "symbol": symbol, "size": 11},
                customdata=[_written((item.score, item.threshold), 4) for item in some],
                hovertemplate="score %{customdata[0]}, threshold %{customdata[1]}"
                "<extra>%{y}</extra>",
            )  # fmt: skip
    made.add_vline(1, line={"dash": "dash", "width": 1.4, "color": GREY})
    made.update_xaxes(
        title=f"score in times of its threshold (further than {FURTHEST:g} is drawn there)",
        rangemode="tozero",
    )
    made.update_yaxes(
        type="category", categoryorder="array", categoryarray=[item.name for item in drawn]
    )
    made.update_layout(barmode="overlay")
    return made


def _usable(item: FeatureDrift) -> bool:
    return item.score is not None and item.threshold is not None and item.threshold > 1e-12


def _written(values: Iterable[float | None] | None, digits: int) -> list[str]:
    return [locale_numbers.general(value or 0.0, digits) for value in values or ()]


def _relative(item: FeatureDrift, value: float) -> float:
    return value / (item.threshold or 1.0)
