"""Draws the probabilities of one answer by class. Pure."""

from collections.abc import Mapping

import plotly.graph_objects as go

from console.charts.base import COLOURS, REFERENCE, figure
from console.formatting import locale_numbers

ROW_HEIGHT = 38


def bars(probabilities: Mapping[str, float]) -> go.Figure:
    """Draw a bar for each class from 0 to 100 %, the first class on top and in colour."""
    chart = figure(16 + ROW_HEIGHT * len(probabilities))
    names = list(probabilities)
    chart.add_bar(
        x=[100 * value for value in probabilities.values()], y=names, orientation="h", width=0.6,
        marker={"color": [COLOURS[0], *[REFERENCE] * (len(names) - 1)][: len(names)]},
        text=[f"{locale_numbers.fixed(100 * value, 1)} %" for value in probabilities.values()],
        textposition="outside", cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip
    # beyond 100 for the text of the longest bar
    chart.update_xaxes(range=[0, 118], visible=False)
    chart.update_yaxes(type="category", autorange="reversed", automargin=True)
    return chart
