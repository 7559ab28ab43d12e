"""Plotly figures from series and evaluations. Pure."""

from console.charts.base import COLOURS, HEIGHT, figure, for_dark, scale
from console.charts.evaluation import distribution, predicted_against_true, residuals
from console.charts.time import Interval, Mark, heatmap, intervals, lines

__all__ = [
    "COLOURS",
    "HEIGHT",
    "Interval",
    "Mark",
    "distribution",
    "figure",
    "for_dark",
    "heatmap",
    "intervals",
    "lines",
    "predicted_against_true",
    "residuals",
    "scale",
]
