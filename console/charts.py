"""Plotly figures from series and evaluations. Pure."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from console.frames import Series
from evaluation.result import FeatureDrift, Residuals

# Okabe and Ito: told apart by the colour-blind
REFERENCE, CURRENT = "#7F8C9B", "#D55E00"
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6A6A6A"]
HEIGHT = 260
AXIS_TITLES = {"ratio": "%", "seconds": "ms"}


def scaled(
    unit: str, values: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> tuple["np.ndarray[tuple[int], np.dtype[np.float64]]", str]:
    """Values and unit as a person reads them: ratios in percent, seconds in milliseconds."""
    if unit == "ratio":
        return values * 100, "%"
    if unit == "seconds":
        return values * 1000, "ms"
    return values, unit


def lines(found: Sequence[Series], unit: str, *, threshold: float | None = None) -> go.Figure:
    """One line a series over time; gaps stay gaps."""
    figure = _figure(HEIGHT)
    shown = unit
    for series in found:
        values, shown = scaled(unit, series.values)
        figure.add_scatter(
            x=pd.to_datetime(series.times, unit="s", utc=True),
            y=values,
            name=series.name,
            mode="lines",
            line={"width": 1.6},
            hovertemplate="%{y:.4g} " + shown + "<extra>%{fullData.name}</extra>",
        )
    if threshold is not None:
        figure.add_hline(threshold, line={"dash": "dot", "width": 1.2, "color": "#D55E00"})
    figure.update_yaxes(title=shown, rangemode="tozero")
    figure.update_layout(showlegend=len(found) > 1, hovermode="x unified")
    return figure


def distribution(feature: FeatureDrift) -> go.Figure:
    """Reference against current as shares of their rows, so that sizes do not matter."""
    figure = _figure(300)
    drawn = feature.distribution
    for name, counts, colour in (
        ("reference", drawn.reference, REFERENCE),
        ("current", drawn.current, CURRENT),
    ):
        total = sum(counts) or 1
        shares = [100 * count / total for count in counts]
        hover = "%{x}: %{y:.1f} % (%{customdata:,} rows)<extra>" + name + "</extra>"
        if drawn.edges is not None:
            edges = np.asarray(drawn.edges)
            figure.add_bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=shares,
                width=np.diff(edges),
                offsetgroup=name,
                name=name,
                marker={"color": colour, "opacity": 0.6, "line": {"width": 0}},
                customdata=counts,
                hovertemplate=hover,
            )
        else:
            figure.add_bar(
                x=drawn.categories,
                y=shares,
                name=name,
                marker={"color": colour, "opacity": 0.85},
                customdata=counts,
                hovertemplate=hover,
            )
    overlay = "overlay" if drawn.edges is not None else "group"
    figure.update_layout(barmode=overlay, bargap=0.15 if overlay == "group" else 0)
    figure.update_yaxes(title="% of rows")
    figure.update_xaxes(title=feature.name, type="linear" if drawn.edges else "category")
    return figure


def residuals(found: Residuals) -> go.Figure:
    """Histogram of prediction minus truth."""
    figure = _figure(HEIGHT)
    edges = np.asarray(found.edges)
    figure.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=found.counts,
        width=np.diff(edges),
        marker={"color": COLOURS[0], "opacity": 0.8},
        hovertemplate="%{x:.4g}: %{y:,} rows<extra></extra>",
    )
    figure.add_vline(0, line={"dash": "dot", "width": 1.2})
    figure.update_xaxes(title="prediction minus truth, target units")
    figure.update_yaxes(title="rows")
    figure.update_layout(showlegend=False)
    return figure


def predicted_against_true(found: Residuals) -> go.Figure:
    """Where predictions lie against the truth; a perfect model fills the diagonal."""
    figure = _figure(HEIGHT)
    grid = found.predicted_against_true
    edges = np.asarray(grid.edges)
    middles = (edges[:-1] + edges[1:]) / 2
    counts = np.asarray(grid.counts, dtype="float64").T
    figure.add_heatmap(
        x=middles,
        y=middles,
        z=np.where(counts > 0, counts, math.nan),
        # from faint to full of one colour, so that it reads on light and dark grounds
        colorscale=[[0, "rgba(0,114,178,0.25)"], [1, "rgba(0,114,178,1)"]],
        showscale=False,
        hovertemplate="true %{x:.4g}, predicted %{y:.4g}: %{z:,.0f} rows<extra></extra>",
    )
    ends = [float(edges[0]), float(edges[-1])]
    line = {"dash": "dot", "width": 1.2, "color": REFERENCE}
    figure.add_scatter(x=ends, y=ends, mode="lines", line=line, hoverinfo="skip")
    figure.update_xaxes(title="true, target units")
    figure.update_yaxes(title="predicted")
    figure.update_layout(showlegend=False)
    return figure


def _figure(height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 12, "b": 8},
        colorway=COLOURS,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    return figure
