"""Draws the error by the values of a column. Pure."""

from collections.abc import Sequence

import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, HEIGHT, figure
from evaluation.result import Group


def by_value(column: str, groups: Sequence[Group]) -> go.Figure:
    """Draw the mean absolute error as bars and the bias (mean of the residuals) as marks."""
    chart = figure(HEIGHT)
    values = [group.value for group in groups]
    rows = [group.rows for group in groups]
    chart.add_bar(
        x=values, y=[group.mae for group in groups], name="mean absolute error",
        marker={"color": COLOURS[0], "opacity": 0.75}, customdata=rows,
        hovertemplate="%{x}: %{y:,.4~r} (%{customdata:,} rows)<extra>mean absolute error</extra>",
    )  # fmt: skip
    chart.add_scatter(
        x=values, y=[group.mean for group in groups], name="bias", mode="markers",
        marker={"color": CURRENT, "symbol": "diamond", "size": 8}, customdata=rows,
        hovertemplate="%{x}: %{y:+,.4~r} (%{customdata:,} rows)<extra>bias</extra>",
    )  # fmt: skip
    chart.add_hline(0, line={"width": 1})
    chart.update_xaxes(title=column, type="category")
    chart.update_yaxes(title="target units")
    chart.update_layout(showlegend=True)
    return chart
