"""Draws a score over several evaluations, with its threshold. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from console.charts.base import COLOURS, GREY, HEIGHT, figure, local
from console.charts.time import add_threshold

MIN_SECONDS = 120.0


@dataclass(frozen=True)
class ScorePoint:
    """A score of one evaluation, at its time in epoch seconds."""

    moment: float
    value: float
    text: str
    published: bool
    synthetic: bool = False


def scores(
    points: Sequence[ScorePoint],
    unit: str,
    *,
    zone: str,
    threshold: float | None,
    good_is_low: bool,
    share: bool = False,
) -> go.Figure:
    """Draw a mark per evaluation: published ones joined by a line, synthetic ones as crosses.

    A `share` is drawn from 0 to 1, so that a small change does not look large.
    """
    chart = figure(HEIGHT)
    published = [item for item in points if item.published and not item.synthetic]
    others = [item for item in points if not item.published and not item.synthetic]
    synthetic = [item for item in points if item.synthetic]
    for items, name, symbol, mode, colour in (
        (published, "published", "circle", "lines+markers", COLOURS[0]),
        (others, "not published", "circle-open", "markers", COLOURS[2]),
        (synthetic, "synthetic", "x-thin-open", "markers", GREY),
    ):
        if items:
            chart.add_scatter(
                x=local(np.array([item.moment for item in items]), zone),
                y=[item.value for item in items], name=name, mode=mode,
                marker={"symbol": symbol, "size": 9, "color": colour},
                line={"width": 1.4, "color": colour},
                customdata=[item.text for item in items],
                hovertemplate="%{y:,.4~r} " + unit + "<br>%{customdata}<extra></extra>",
            )  # fmt: skip
    if threshold is not None:
        add_threshold(chart, threshold, ", higher is worse" if good_is_low else ", lower is worse")
    chart.update_yaxes(title=unit, rangemode="tozero" if good_is_low else "normal")
    if share:
        chart.update_yaxes(range=[0, 1.02])
    _widen_short_range(chart, [item.moment for item in points], zone)
    chart.update_layout(showlegend=bool(others or synthetic))
    return chart


def _widen_short_range(chart: go.Figure, moments: Sequence[float], zone: str) -> None:
    """Set a range of minutes if all points are at one time: Plotly would show milliseconds."""
    if moments and max(moments) - min(moments) < 1:
        ends = np.array([min(moments) - MIN_SECONDS / 2, max(moments) + MIN_SECONDS / 2])
        chart.update_xaxes(range=list(local(ends, zone)))
