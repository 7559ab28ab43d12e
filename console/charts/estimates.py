"""Estimated beside realised performance: a line in its interval, and what came true."""

import math
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, HEIGHT, figure, local
from console.formatting import locale_numbers
from console.series import Series, Span, insert_gaps

# faint on light and on dark ground; orange is left to the threshold
INTERVAL = "rgba(204,121,167,0.28)"


def estimate(
    found: Mapping[str, Series], unit: str, *, zone: str, span: Span, threshold: float | None = None
) -> go.Figure:
    """`found` by part: "estimated", "lower", "upper", "realised"; what is missing is not drawn."""
    made = figure(HEIGHT)
    parts = {
        name: insert_gaps(series, span.step)
        for name, series in found.items()
        if np.isfinite(series.values).any()
    }
    for name, fill in (("upper", None), ("lower", "tonexty")):
        if "lower" in parts and "upper" in parts:
            made.add_scatter(
                x=local(parts[name].times, zone), y=parts[name].values, mode="lines",
                line={"width": 0}, fill=fill, fillcolor=INTERVAL, hoverinfo="skip",
                name="95 % interval", showlegend=fill is not None,
            )  # fmt: skip
    for name, colour, dash in (("estimated", COLOURS[3], "dash"), ("realised", COLOURS[0], None)):
        if name in parts:
            made.add_scatter(
                x=local(parts[name].times, zone), y=parts[name].values, mode="lines", name=name,
                line={"width": 1.8, "color": colour, "dash": dash},
                hovertemplate="%{y:,.4~r} " + unit + f"<extra>{name}</extra>",
            )  # fmt: skip
    if threshold is not None and math.isfinite(threshold):
        line = {"dash": "dot", "width": 1.2, "color": CURRENT}
        text = {"text": f"threshold {locale_numbers.general(threshold, 4)}", "yshift": 8}
        made.add_hline(threshold, line=line, annotation=text)
    made.update_yaxes(title=unit, rangemode="tozero")
    made.update_xaxes(range=list(local(np.array([span.start, span.end]), zone)))
    return made
