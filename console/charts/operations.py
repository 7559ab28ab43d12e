"""Drift beside operations: charts one above the other on one time axis."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from console.charts.base import COLOURS, GREY, local, scale
from console.charts.time import STATES, Interval, Mark, text_anchor
from console.series import Series, Span, insert_gaps

ROW_HEIGHT = 96


@dataclass(frozen=True)
class Row:
    """One strip: its title and the series in it, of one unit."""

    title: str
    unit: str
    series: Sequence[Series]


def strips(
    rows: Sequence[Row], alerts: Sequence[Interval], marks: Sequence[Mark], span: Span, zone: str
) -> go.Figure:
    """The rows over the same time, alerts as bars below, marks through all of them."""
    names = sorted({item.name for item in alerts})
    count = len(rows) + bool(names)
    last = 34 * len(names) + 20 if names else 0
    total = ROW_HEIGHT * len(rows) + last
    heights = [ROW_HEIGHT / total] * len(rows) + ([last / total] if names else [])
    made = make_subplots(
        rows=count,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.055,
        row_heights=heights,
        subplot_titles=[_title(row) for row in rows] + ["Alerts"] * bool(names),
    )
    for number, row in enumerate(rows, 1):
        factor, unit = scale(row.unit, [series.values for series in row.series])
        for series in (insert_gaps(item, span.step) for item in row.series):
            made.add_scatter(
                x=local(series.times, zone), y=series.values * factor, mode="lines",
                line={"width": 1.6, "color": COLOURS[(number - 1) % len(COLOURS)]},
                hovertemplate="%{y:,.4~r} " + unit + f"<extra>{row.title}</extra>",
                row=number, col=1,
            )  # fmt: skip
        made.update_yaxes(rangemode="tozero", nticks=4, row=number, col=1)
    # the titles of the strips stand at their left end
    made.update_annotations(x=0, xanchor="left", font={"size": 12})
    for item in alerts:
        look = STATES.get(item.state, {"color": COLOURS[0], "pattern": ""})
        made.add_bar(
            base=local(np.array([item.start]), zone), x=[1000 * max(1.0, item.end - item.start)],
            y=[item.name], orientation="h", width=0.6,
            marker={"color": look["color"], "pattern": {"shape": look["pattern"]}},
            hovertemplate=f"{item.name}<br>{item.text}<extra>{item.state}</extra>",
            row=count, col=1,
        )  # fmt: skip
    for mark in marks:
        x = local(np.array([mark.moment]), zone)[0]
        made.add_vline(x, line={"width": 1.2, "dash": "dash", "color": GREY})
        made.add_annotation(
            x=x, y=1, yref="paper", text=mark.text, showarrow=False,
            xanchor=text_anchor(mark, span), yanchor="bottom", yshift=14, font={"size": 11},
        )  # fmt: skip
    made.update_xaxes(range=list(local(np.array([span.start, span.end]), zone)), type="date")
    made.update_layout(
        height=total + 74, showlegend=False, hovermode="x", barmode="overlay",
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
    )  # fmt: skip
    return made


def _title(row: Row) -> str:
    _, unit = scale(row.unit, [series.values for series in row.series])
    return f"{row.title}, {unit}" if unit else row.title
