"""Charts of one evaluation: distributions, residuals, predicted against actual. Pure."""

import math

import numpy as np
import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, HEIGHT, REFERENCE, SHADES, figure
from evaluation.result import FeatureDrift, Residuals


def distribution(feature: FeatureDrift) -> go.Figure:
    """Draw the distributions of reference and current, as percent of their rows."""
    chart = figure(300)
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
            chart.add_bar(
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
            chart.add_bar(
                x=drawn.categories,
                y=shares,
                name=name,
                marker={"color": colour, "opacity": 0.85},
                customdata=counts,
                hovertemplate=hover,
            )
    overlay = "overlay" if drawn.edges is not None else "group"
    chart.update_layout(barmode=overlay, bargap=0.15 if overlay == "group" else 0)
    chart.update_yaxes(title="% of rows")
    chart.update_xaxes(title=feature.name, type="linear" if drawn.edges else "category")
    return chart


def residuals(result: Residuals) -> go.Figure:
    """Draw a histogram of the residuals: prediction minus actual."""
    chart = figure(HEIGHT)
    edges = np.asarray(result.edges)
    chart.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=result.counts,
        width=np.diff(edges),
        marker={"color": COLOURS[0], "opacity": 0.8},
        hovertemplate="%{x:,.4~r}: %{y:,} rows<extra></extra>",
    )
    chart.add_vline(0, line={"dash": "dot", "width": 1.2})
    chart.update_xaxes(title="prediction minus truth, target units")
    chart.update_yaxes(title="rows")
    chart.update_layout(showlegend=False)
    return chart


def predicted_against_true(result: Residuals) -> go.Figure:
    """Draw the density of predicted against actual values; a perfect model is on the diagonal."""
    chart = figure(HEIGHT)
    grid = result.predicted_against_true
    edges = np.asarray(grid.edges)
    middles = (edges[:-1] + edges[1:]) / 2
    counts = np.asarray(grid.counts, dtype="float64").T
    chart.add_heatmap(
        x=middles,
        y=middles,
        z=np.where(counts > 0, counts, math.nan),
        colorscale=SHADES,
        showscale=False,
        hovertemplate="true %{x:,.4~r}, predicted %{y:,.4~r}: %{z:,.0f} rows<extra></extra>",
    )
    ends = [float(edges[0]), float(edges[-1])]
    line = {"dash": "dot", "width": 1.2, "color": REFERENCE}
    chart.add_scatter(x=ends, y=ends, mode="lines", line=line, hoverinfo="skip")
    chart.update_xaxes(title="true, target units")
    chart.update_yaxes(title="predicted")
    chart.update_layout(showlegend=False)
    return chart
