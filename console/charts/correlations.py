"""Draws the changes of the correlations between columns. Pure."""

import numpy as np
import plotly.graph_objects as go

from console.charts.base import MARK, figure
from console.formatting import locale_numbers
from evaluation.result import Correlations

CELL, MIN_HEIGHT = 22, 240
# from less to more correlated; almost transparent at no change
CHANGES = [
    [0, "rgba(0,114,178,1)"], [0.5, "rgba(127,140,155,0.12)"], [1, "rgba(213,94,0,1)"],
]  # fmt: skip


def matrix(correlations: Correlations) -> go.Figure:
    """Draw current minus reference per pair of columns; a diamond marks a significant change."""
    names = correlations.columns
    index = {name: number for number, name in enumerate(names)}
    change = np.full((len(names), len(names)), np.nan)
    marks = np.full(change.shape, "", dtype=object)
    hover = np.full(change.shape, "", dtype=object)
    for pair in correlations.pairs():
        cell = index[pair.second], index[pair.first]
        change[cell] = pair.change
        marks[cell] = "◆" if pair.moved else ""
        before, after, p_value = (
            locale_numbers.general(value, 3)
            for value in (pair.reference, pair.current, pair.p_value)
        )
        hover[cell] = f"{before} → {after}, p {p_value}"
    chart = figure(max(MIN_HEIGHT, 90 + CELL * len(names)))
    chart.add_heatmap(
        x=names[:-1], y=names[1:], z=change[1:, :-1],
        text=marks[1:, :-1], texttemplate="%{text}", textfont={"color": MARK},
        customdata=hover[1:, :-1], hovertemplate="%{x} and %{y}: %{customdata}<extra></extra>",
        colorscale=CHANGES, zmin=-1, zmax=1, xgap=2, ygap=2, hoverongaps=False,
        colorbar={"title": {"text": "change"}, "thickness": 10, "nticks": 5},
    )  # fmt: skip
    chart.update_xaxes(type="category", showgrid=False)
    chart.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return chart
