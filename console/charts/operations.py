"""Draws drift, operations and alerts as strips on one time axis. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from console.charts.base import COLOURS, GREY, local, scale
from console.charts.time import STATES, Interval, Mark, text_anchor
from console.series import Series, Span, insert_gaps

STRIP_HEIGHT = 96


@dataclass(frozen=True)
class Strip:
    """A strip: a title and series of one unit."""

    title: str
    unit: str
    series: Sequence[Series]


def strips(
    rows: Sequence[Strip], alerts: Sequence[Interval], marks: Sequence[Mark], span: Span, zone: str
) -> go.Figure:
    """Draw the strips over the same time, alerts as bars below them, marks through all of them."""
    names = sorted({item.name for item in alerts})
    alerts_height = 34 * len(names) + 20 if names else 0
    total = STRIP_HEIGHT * len(rows) + alerts_height
    heights = [STRIP_HEIGHT / total] * len(rows) + ([alerts_height / total] if names else [])
    chart = make_subplots(
        rows=len(heights),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.055,
        row_heights=heights,
        subplot_titles=[_title(row) for row in rows] + ["Alerts"] * bool(names),
    )
    for number, row in enumerate(rows, 1):
        _add_strip(chart, row, number, span, zone)
    # left-align the titles of the strips
    chart.update_annotations(x=0, xanchor="left", font={"size": 12})
    for alert in alerts:
        _add_alert(chart, alert, len(heights), zone)
    for mark in marks:
        _add_mark(chart, mark, span, zone)
    chart.update_xaxes(range=list(local(np.array([span.start, span.end]), zone)), type="date")
    chart.update_layout(
        height=total + 74, showlegend=False, hovermode="x", barmode="overlay",
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
    )  # fmt: skip
    return chart


def _add_strip(chart: go.Figure, strip: Strip, row: int, span: Span, zone: str) -> None:
    factor, unit = scale(strip.unit, [series.values for series in strip.series])
    for series in (insert_gaps(item, span.step) for item in strip.series):
        chart.add_scatter(
            x=local(series.times, zone), y=series.values * factor, mode="lines",
            line={"width": 1.6, "color": COLOURS[(row - 1) % len(COLOURS)]},
            hovertemplate="%{y:,.4~r} " + unit + f"<extra>{strip.title}</extra>",
            row=row, col=1,
        )  # fmt: skip
    chart.update_yaxes(rangemode="tozero", nticks=4, row=row, col=1)


def _add_alert(chart: go.Figure, alert: Interval, row: int, zone: str) -> None:
    style = STATES.get(alert.state, {"color": COLOURS[0], "pattern": ""})
    chart.add_bar(
        base=local(np.array([alert.start]), zone), x=[1000 * max(1.0, alert.end - alert.start)],
        y=[alert.name], orientation="h", width=0.6,
        marker={"color": style["color"], "pattern": {"shape": style["pattern"]}},
        hovertemplate=f"{alert.name}<br>{alert.text}<extra>{alert.state}</extra>",
        row=row, col=1,
    )  # fmt: skip


def _add_mark(chart: go.Figure, mark: Mark, span: Span, zone: str) -> None:
    x = local(np.array([mark.moment]), zone)[0]
    chart.add_vline(x, line={"width": 1.2, "dash": "dash", "color": GREY})
    chart.add_annotation(
        x=x, y=1, yref="paper", text=mark.text, showarrow=False, xanchor=text_anchor(mark, span),
        yanchor="bottom", yshift=14, font={"size": 11},
    )  # fmt: skip


def _title(strip: Strip) -> str:
    _, unit = scale(strip.unit, [series.values for series in strip.series])
    return f"{strip.title}, {unit}" if unit else strip.title
