"""Plotly figures from series and evaluations. Pure."""

from console.charts.base import COLOURS, HEIGHT, adapt_to_dark, figure, scale
from console.charts.evaluation import distribution, predicted_against_true, residuals
from console.charts.time import Interval, Mark, heatmap, intervals, lines

__all__ = [
    "COLOURS",
    "HEIGHT",
    "Interval",
    "Mark",
    "adapt_to_dark",
    "distribution",
    "figure",
    "heatmap",
    "intervals",
    "lines",
    "predicted_against_true",
    "residuals",
    "scale",
]
