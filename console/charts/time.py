"""Charts over time: lines, a heatmap of a histogram's buckets, intervals of states. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, DASHES, GREY, HEIGHT, SHADES, figure, local, scale
from console.formatting import locale_numbers
from console.series import Series, Span, insert_gaps

MAX_ABOVE = 5
STATES = {
    "firing": {"color": "#D55E00", "pattern": ""},
    "pending": {"color": "#E69F00", "pattern": "/"},
}


@dataclass(frozen=True)
class Interval:
    """A state from `start` to `end`, in epoch seconds."""

    name: str
    state: str
    start: float
    end: float
    text: str = ""


@dataclass(frozen=True)
class Mark:
    """An event at a time in epoch seconds: an evaluation, a deployment."""

    moment: float
    text: str


def lines(
    series: Sequence[Series],
    unit: str,
    *,
    zone: str = "UTC",
    threshold: float | None = None,
    previous: Sequence[Series] = (),
    marks: Sequence[Mark] = (),
    span: Span | None = None,
    height: int = HEIGHT,
) -> go.Figure:
    """Draw a line per series, and the series of the previous period behind; gaps stay gaps."""
    chart = figure(height)
    factor, shown_unit = scale(unit, [item.values for item in (*series, *previous)])
    if span is not None:
        series = [insert_gaps(item, span.step) for item in series]
        previous = [insert_gaps(item, span.step) for item in previous]
    for item in previous:
        chart.add_scatter(
            x=local(item.times, zone), y=item.values * factor, name="previous period", mode="lines",
            line={"width": 1.2, "dash": "dot", "color": GREY},
            hovertemplate="%{y:,.4~r} " + shown_unit + "<extra>previous period</extra>",
            showlegend=item is previous[0],
        )  # fmt: skip
    for number, item in enumerate(series):
        chart.add_scatter(
            x=local(item.times, zone), y=item.values * factor,
            name="now" if previous and len(series) == 1 else item.name,
            mode="markers" if item.values.size == 1 else "lines", line=stroke(number),
            hovertemplate="%{y:,.4~r} " + shown_unit + "<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    if threshold is not None:
        add_threshold(chart, threshold * factor)
    _add_marks(chart, marks, span, zone)
    chart.update_yaxes(title=shown_unit, rangemode="tozero")
    _set_time_range(chart, span, zone)
    chart.update_layout(showlegend=len(series) > 1 or bool(previous), hovermode="x unified")
    if len(series) > MAX_ABOVE:
        # a long legend goes below the chart, so that it does not make the chart smaller
        chart.update_layout(
            height=height + 20 * -(-len(series) // 3),
            legend={"y": 0, "yref": "container", "yanchor": "bottom"},
        )
    return chart


def add_threshold(chart: go.Figure, threshold: float, text: str = "") -> None:
    """Draw a dotted line at a threshold, with its value and a text."""
    label = f"threshold {locale_numbers.general(threshold, 4)}{text}"
    line = {"dash": "dot", "width": 1.2, "color": CURRENT}
    chart.add_hline(threshold, line=line, annotation={"text": label, "yshift": 8})


def _set_time_range(chart: go.Figure, span: Span | None, zone: str) -> None:
    if span is not None:
        chart.update_xaxes(range=list(local(np.array([span.start, span.end]), zone)))


def stroke(number: int) -> dict[str, object]:
    """Return colour and dash of a line by its number; the first 28 lines are all different."""
    dash = DASHES[number // len(COLOURS) % len(DASHES)]
    return {"width": 1.7, "color": COLOURS[number % len(COLOURS)], "dash": dash}


def heatmap(
    series: Sequence[Series], *, zone: str = "UTC", span: Span | None = None, height: int = HEIGHT
) -> go.Figure:
    """Draw requests by duration over time from cumulative buckets: one series per label `le`."""
    chart = figure(height)
    buckets = sorted((float(item.labels["le"]), item) for item in series)
    times = np.unique(np.concatenate([item.times for _, item in buckets]))
    total = np.zeros((len(buckets), times.size))
    for row, (_, item) in enumerate(buckets):
        total[row, np.searchsorted(times, item.times)] = np.nan_to_num(item.values)
    counts = np.diff(total, axis=0, prepend=np.zeros((1, times.size))).clip(min=0)
    used = np.flatnonzero(counts.sum(axis=1) > 0)
    if used.size:
        counts, buckets = counts[used[0] : used[-1] + 1], buckets[used[0] : used[-1] + 1]
    chart.add_heatmap(
        x=local(times, zone),
        y=[_format_duration(bound) for bound, _ in buckets],
        z=np.where(counts > 0, counts, np.nan),
        colorscale=SHADES,
        showscale=False,
        hovertemplate="up to %{y}: %{z:,.4~r} requests/s<extra></extra>",
    )
    chart.update_yaxes(title="duration up to", type="category")
    _set_time_range(chart, span, zone)
    return chart


def intervals(
    items: Sequence[Interval], span: Span, *, zone: str = "UTC", height: int | None = None
) -> go.Figure:
    """Draw a row per name with a bar per interval; states differ in colour and pattern."""
    names = sorted({item.name for item in items}, reverse=True)
    chart = figure(height or 110 + 30 * max(1, len(names)))
    for state in dict.fromkeys(item.state for item in items):
        bars = [item for item in items if item.state == state]
        style = STATES.get(state, {"color": COLOURS[0], "pattern": ""})
        chart.add_bar(
            base=local(np.array([item.start for item in bars]), zone),
            x=[1000 * max(1.0, item.end - item.start) for item in bars],
            y=[item.name for item in bars],
            orientation="h",
            name=state,
            width=0.6,
            marker={"color": style["color"], "pattern": {"shape": style["pattern"]}},
            customdata=[item.text for item in bars],
            hovertemplate="%{customdata}<extra>" + state + "</extra>",
        )
    chart.update_xaxes(type="date")
    _set_time_range(chart, span, zone)
    chart.update_yaxes(categoryorder="array", categoryarray=names, automargin=True)
    chart.update_layout(barmode="overlay", showlegend=True)
    return chart


def text_anchor(mark: Mark, span: Span | None) -> str:
    """Return the side at which the text of a mark is anchored, so that it stays in the chart."""
    late = span is not None and mark.moment > span.start + 0.8 * span.seconds
    return "right" if late else "left"


def _add_marks(chart: go.Figure, marks: Sequence[Mark], span: Span | None, zone: str) -> None:
    for mark in marks:
        x = local(np.array([mark.moment]), zone)[0]
        chart.add_vline(x, line={"width": 1.1, "dash": "dash", "color": GREY})
        chart.add_annotation(
            x=x, y=1, yref="paper", text=mark.text, showarrow=False,
            xanchor=text_anchor(mark, span), yanchor="top", font={"size": 11},
        )  # fmt: skip


def _format_duration(seconds: float) -> str:
    if seconds == float("inf"):
        return "longer"
    if seconds < 0.001:
        return f"{locale_numbers.general(seconds * 1e6, 6)} µs"
    return (
        f"{locale_numbers.general(seconds * 1e3, 6)} ms"
        if seconds < 1
        else f"{locale_numbers.general(seconds, 6)} s"
    )
