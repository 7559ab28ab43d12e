"""Draws the confusion and the calibration of a classifier of several classes. Pure."""

from collections.abc import Sequence

import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, figure
from console.charts.classes import HEIGHT, OPAQUE, calibration
from console.formatting import locale_numbers
from evaluation.result import CalibrationBin, Multiclass

# numbers in the cells of more classes overlap
MAX_WRITTEN = 8
ROW_HEIGHT = 76


def confusion(result: Multiclass) -> go.Figure:
    """Draw rows by actual and predicted class, with percent of the actual class."""
    count = len(result.classes)
    chart = figure(max(HEIGHT, min(60 + ROW_HEIGHT * count, 640)))
    shares = [[cell / (sum(row) or 1) for cell in row] for row in result.confusion]
    columns = [f"predicted {name}" for name in result.classes]
    rows = [f"actual {name}" for name in result.classes]
    texts = [
        [
            f"{locale_numbers.count(cell)}<br>{locale_numbers.count(100 * share)} %"
            for cell, share in zip(cells, part, strict=True)
        ]
        for cells, part in zip(result.confusion, shares, strict=True)
    ]
    chart.add_heatmap(
        z=shares, x=columns, y=rows, zmin=0, zmax=1, colorscale=OPAQUE, showscale=False,
        text=texts, hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
    )  # fmt: skip
    if count <= MAX_WRITTEN:
        chart.add_scatter(
            x=columns * count, y=[row for row in rows for _ in columns], mode="text",
            text=[text for line in texts for text in line], hoverinfo="skip",
            textfont={"size": 15, "color": "white"},
        )  # fmt: skip
    chart.update_layout(showlegend=False)
    chart.update_yaxes(autorange="reversed", type="category", showgrid=False, automargin=True)
    chart.update_xaxes(type="category", side="top", showgrid=False)
    return chart


def confidence_calibration(
    bins: Sequence[CalibrationBin], training: Sequence[CalibrationBin]
) -> go.Figure:
    """Draw the accuracy against the mean confidence, and the curve of the training data."""
    chart = calibration(bins)
    if bins:
        chart.data[1].name = "accuracy of the rows, 95 % interval"
        chart.data[1].hovertemplate = "confidence %{x:.1%}, accuracy %{y:.1%}, n %{text}"
    if training:
        chart.add_scatter(
            x=[item.probability for item in training], y=[item.rate for item in training],
            mode="lines+markers", name="held-out rows of the training",
            line={"width": 1.2, "dash": "dash", "color": CURRENT if bins else COLOURS[0]},
            marker={"size": 6, "color": CURRENT if bins else COLOURS[0], "symbol": "diamond"},
            customdata=[locale_numbers.count(item.rows) for item in training],
            hovertemplate="confidence %{x:.1%}, accuracy %{y:.1%}, n %{customdata}<extra></extra>",
        )  # fmt: skip
    chart.update_xaxes(title="mean confidence (n beside each point)")
    chart.update_yaxes(title="accuracy")
    return chart
