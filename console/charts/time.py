"""Figures over time: lines, a heatmap of a histogram's buckets, intervals of states."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, DASHES, GREY, HEIGHT, SHADES, figure, local, scale
from console.formatting import locale_numbers
from console.series import Series, Span, insert_gaps

MOST_ABOVE = 5
STATES = {
    "firing": {"color": "#D55E00", "pattern": ""},
    "pending": {"color": "#E69F00", "pattern": "/"},
}


@dataclass(frozen=True)
class Interval:
    """Something that held from `start` to `end`, in epoch seconds."""

    name: str
    state: str
    start: float
    end: float
    text: str = ""


@dataclass(frozen=True)
class Mark:
    """A moment that explains a chart: an evaluation, a deploy."""

    moment: float
    text: str


def lines(
    found: Sequence[Series],
    unit: str,
    *,
    zone: str = "UTC",
    threshold: float | None = None,
    previous: Sequence[Series] = (),
    marks: Sequence[Mark] = (),
    span: Span | None = None,
    height: int = HEIGHT,
) -> go.Figure:
    """One line a series over time, the previous period behind; gaps stay gaps."""
    drawn = figure(height)
    factor, shown = scale(unit, [series.values for series in (*found, *previous)])
    if span is not None:
        found = [insert_gaps(series, span.step) for series in found]
        previous = [insert_gaps(series, span.step) for series in previous]
    for series in previous:
        drawn.add_scatter(
            x=local(series.times, zone),
            y=series.values * factor,
            name="period before",
            mode="lines",
            line={"width": 1.2, "dash": "dot", "color": GREY},
            hovertemplate="%{y:,.4~r} " + shown + "<extra>period before</extra>",
            showlegend=series is previous[0],
        )
    for number, series in enumerate(found):
        drawn.add_scatter(
            x=local(series.times, zone),
            y=series.values * factor,
            name="now" if previous and len(found) == 1 else series.name,
            mode="markers" if series.values.size == 1 else "lines",
            line=stroke(number),
            hovertemplate="%{y:,.4~r} " + shown + "<extra>%{fullData.name}</extra>",
        )
    if threshold is not None:
        line = {"dash": "dot", "width": 1.2, "color": CURRENT}
        words = f"threshold {locale_numbers.general(threshold * factor, 4)}"
        drawn.add_hline(threshold * factor, line=line, annotation={"text": words, "yshift": 8})
    _marked(drawn, marks, span, zone)
    drawn.update_yaxes(title=shown, rangemode="tozero")
    if span is not None:
        drawn.update_xaxes(range=list(local(np.array([span.start, span.end]), zone)))
    legend = len(found) > 1 or bool(previous)
    drawn.update_layout(showlegend=legend, hovermode="x unified")
    if len(found) > MOST_ABOVE:
        # a long legend stands below, where it takes nothing from the chart
        drawn.update_layout(
            height=height + 20 * -(-len(found) // 3),
            legend={"y": 0, "yref": "container", "yanchor": "bottom"},
        )
    return drawn


def stroke(number: int) -> dict[str, object]:
    """Colour and dash of the line of a place: no two of the first 28 are alike."""
    dash = DASHES[number // len(COLOURS) % len(DASHES)]
    return {"width": 1.7, "color": COLOURS[number % len(COLOURS)], "dash": dash}


def heatmap(
    found: Sequence[Series], *, zone: str = "UTC", span: Span | None = None, height: int = HEIGHT
) -> go.Figure:
    """Requests by duration over time, from cumulative buckets (one series a `le`)."""
    drawn = figure(height)
    bounds = sorted((float(series.labels["le"]), series) for series in found)
    times = np.unique(np.concatenate([series.times for _, series in bounds]))
    total = np.zeros((len(bounds), times.size))
    for row, (_, series) in enumerate(bounds):
        total[row, np.searchsorted(times, series.times)] = np.nan_to_num(series.values)
    counts = np.diff(total, axis=0, prepend=np.zeros((1, times.size))).clip(min=0)
    held = np.flatnonzero(counts.sum(axis=1) > 0)
    if held.size:
        counts, bounds = counts[held[0] : held[-1] + 1], bounds[held[0] : held[-1] + 1]
    names = [_duration(bound) for bound, _ in bounds]
    drawn.add_heatmap(
        x=local(times, zone),
        y=names,
        z=np.where(counts > 0, counts, np.nan),
        colorscale=SHADES,
        showscale=False,
        hovertemplate="up to %{y}: %{z:,.4~r} requests/s<extra></extra>",
    )
    drawn.update_yaxes(title="duration up to", type="category")
    if span is not None:
        drawn.update_xaxes(range=list(local(np.array([span.start, span.end]), zone)))
    return drawn


def intervals(
    found: Sequence[Interval], span: Span, *, zone: str = "UTC", height: int | None = None
) -> go.Figure:
    """A row a name, a bar from start to end for each state; states differ in pattern too."""
    names = sorted({item.name for item in found}, reverse=True)
    drawn = figure(height or 110 + 30 * max(1, len(names)))
    for state in dict.fromkeys(item.state for item in found):
        mine = [item for item in found if item.state == state]
        look = STATES.get(state, {"color": "#0072B2", "pattern": ""})
        starts = local(np.array([item.start for item in mine]), zone)
        drawn.add_bar(
            base=starts,
            x=[1000 * max(1.0, item.end - item.start) for item in mine],
            y=[item.name for item in mine],
            orientation="h",
            name=state,
            width=0.6,
            marker={"color": look["color"], "pattern": {"shape": look["pattern"]}},
            customdata=[item.text for item in mine],
            hovertemplate="%{customdata}<extra>" + state + "</extra>",
        )
    ends = list(local(np.array([span.start, span.end]), zone))
    drawn.update_xaxes(type="date", range=ends)
    drawn.update_yaxes(categoryorder="array", categoryarray=names, automargin=True)
    drawn.update_layout(barmode="overlay", showlegend=True)
    return drawn


def text_anchor(mark: Mark, span: Span | None) -> str:
    """Where the text of a mark begins, so that it does not leave the chart at its end."""
    late = span is not None and mark.moment > span.start + 0.8 * span.seconds
    return "right" if late else "left"


def _marked(drawn: go.Figure, marks: Sequence[Mark], span: Span | None, zone: str) -> None:
    for mark in marks:
        x = local(np.array([mark.moment]), zone)[0]
        drawn.add_vline(x, line={"width": 1.1, "dash": "dash", "color": GREY})
        drawn.add_annotation(
            x=x, y=1, yref="paper", text=mark.text, showarrow=False,
            xanchor=text_anchor(mark, span), yanchor="top", font={"size": 11},
        )  # fmt: skip


def _duration(seconds: float) -> str:
    if seconds == float("inf"):
        return "longer"
    if seconds < 0.001:
        return f"{locale_numbers.general(seconds * 1e6, 6)} µs"
    return (
        f"{locale_numbers.general(seconds * 1e3, 6)} ms"
        if seconds < 1
        else f"{locale_numbers.general(seconds, 6)} s"
    )
