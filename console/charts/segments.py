"""Error by the values of a column."""

from collections.abc import Sequence

import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, HEIGHT, figure
from evaluation.result import Group


def by_value(column: str, groups: Sequence[Group]) -> go.Figure:
    """Mean absolute error as bars, bias (mean of prediction minus truth) as marks."""
    made = figure(HEIGHT)
    values = [group.value for group in groups]
    rows = [group.rows for group in groups]
    made.add_bar(
        x=values, y=[group.mae for group in groups], name="mean absolute error",
        marker={"color": COLOURS[0], "opacity": 0.75}, customdata=rows,
        hovertemplate="%{x}: %{y:,.4~r} (%{customdata:,} rows)<extra>mean absolute error</extra>",
    )  # fmt: skip
    made.add_scatter(
        x=values, y=[group.mean for group in groups], name="bias", mode="markers",
        marker={"color": CURRENT, "symbol": "diamond", "size": 8}, customdata=rows,
        hovertemplate="%{x}: %{y:+,.4~r} (%{customdata:,} rows)<extra>bias</extra>",
    )  # fmt: skip
    made.add_hline(0, line={"width": 1})
    made.update_xaxes(title=column, type="category")
    made.update_yaxes(title="target units")
    made.update_layout(showlegend=True)
    return made
