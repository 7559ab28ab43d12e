"""Draws estimated and realised performance with the interval of the estimate. Pure."""

import math
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from console.charts.base import COLOURS, HEIGHT, figure, local
from console.charts.time import add_threshold
from console.series import Series, Span, insert_gaps

# faint on a light and on a dark background; orange is the threshold
INTERVAL = "rgba(204,121,167,0.28)"


def estimate(
    series_by_part: Mapping[str, Series],
    unit: str,
    *,
    zone: str,
    span: Span,
    threshold: float | None = None,
) -> go.Figure:
    """Draw the series of the parts "estimated", "lower", "upper" and "realised", if present."""
    chart = figure(HEIGHT)
    parts = {
        name: insert_gaps(series, span.step)
        for name, series in series_by_part.items()
        if np.isfinite(series.values).any()
    }
    for name, fill in (("upper", None), ("lower", "tonexty")):
        if "lower" in parts and "upper" in parts:
            chart.add_scatter(
                x=local(parts[name].times, zone), y=parts[name].values, mode="lines",
                line={"width": 0}, fill=fill, fillcolor=INTERVAL, hoverinfo="skip",
                name="95 % interval", showlegend=fill is not None,
            )  # fmt: skip
    for name, colour, dash in (("estimated", COLOURS[3], "dash"), ("realised", COLOURS[0], None)):
        if name in parts:
            chart.add_scatter(
                x=local(parts[name].times, zone), y=parts[name].values, mode="lines", name=name,
                line={"width": 1.8, "color": colour, "dash": dash},
                hovertemplate="%{y:,.4~r} " + unit + f"<extra>{name}</extra>",
            )  # fmt: skip
    if threshold is not None and math.isfinite(threshold):
        add_threshold(chart, threshold)
    chart.update_yaxes(title=unit, rangemode="tozero")
    chart.update_xaxes(range=list(local(np.array([span.start, span.end]), zone)))
    return chart
