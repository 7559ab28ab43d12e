"""Figures of a classifier of two classes: curves, confusion at a threshold, calibration."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from console.charts.base import COLOURS, CURRENT, GREY, REFERENCE, figure
from console.charts.confusion import Confusion, at_each_threshold
from console.formatting import locale_numbers
from evaluation.result import CalibrationBin, Classification, TargetRates

HEIGHT = 320
DOTTED = {"dash": "dot", "width": 1.2, "color": REFERENCE}
WHOLE = {"range": [-0.02, 1.02], "tickformat": ".0%"}
NORMAL_95 = 1.959964
# white stands on all of it at 5 to 1 and more, in either theme
OPAQUE = [[0, "#54708a"], [1, "#0f4f86"]]


def roc(found: Classification, chosen: Confusion) -> go.Figure:
    """Share of the positives that is found against that of the negatives called so."""
    return _curve(
        [(item.false_positive_rate, item.recall, item) for item in at_each_threshold(found)],
        (chosen.false_positive_rate, chosen.recall, chosen),
        by_chance=((0, 1), (0, 1)),
        axes=("negatives called positive", "positives found (recall)"),
    )


def precision_recall(found: Classification, chosen: Confusion) -> go.Figure:
    """How many of those called positive are, against how many of the positives are found."""
    rate = found.positives / (found.positives + found.negatives)
    return _curve(
        [(item.recall, item.precision, item) for item in at_each_threshold(found)],
        (chosen.recall, chosen.precision, chosen),
        by_chance=((0, 1), (rate, rate)),
        axes=("positives found (recall)", "precision"),
    )


def _curve(
    points: Sequence[tuple[float | None, float | None, Confusion]],
    chosen: tuple[float | None, float | None, Confusion],
    *,
    by_chance: tuple[tuple[float, float], tuple[float, float]],
    axes: tuple[str, str],
) -> go.Figure:
    made = figure(HEIGHT)
    known = [(x, y, item) for x, y, item in points if x is not None and y is not None]
    made.add_scatter(
        x=by_chance[0], y=by_chance[1], mode="lines", line=DOTTED, name="by chance",
        hoverinfo="skip",
    )  # fmt: skip
    made.add_scatter(
        x=[x for x, _, _ in known], y=[y for _, y, _ in known], mode="lines", name="the model",
        line={"width": 2, "color": COLOURS[0]}, customdata=[item.threshold for _, _, item in known],
        hovertemplate="threshold %{customdata:.2f}<br>%{x:.1%}, %{y:.1%}<extra></extra>",
    )  # fmt: skip
    if chosen[0] is not None and chosen[1] is not None:
        made.add_scatter(
            x=[chosen[0]], y=[chosen[1]], mode="markers",
            name=f"threshold {locale_numbers.fixed(chosen[2].threshold, 2)}",
            marker={"color": CURRENT, "size": 11, "symbol": "diamond"},
            hovertemplate="%{x:.1%}, %{y:.1%}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    made.update_xaxes(title=axes[0], **WHOLE)
    made.update_yaxes(title=axes[1], **WHOLE)
    return made


def confusion(chosen: Confusion, positive: str) -> go.Figure:
    """Rows by what they are and what they are called, with their share of what they are."""
    made = figure(HEIGHT)
    other = f"not {positive}"
    counts = [
        [chosen.true_positives, chosen.false_negatives],
        [chosen.false_positives, chosen.true_negatives],
    ]
    shares = [[count / (sum(row) or 1) for count in row] for row in counts]
    columns = [f"called {positive}", f"called {other}"]
    rows = [f"is {positive}", f"is {other}"]
    made.add_heatmap(
        z=shares, x=columns, y=rows, zmin=0, zmax=1, colorscale=OPAQUE, showscale=False,
        hoverinfo="skip",
    )  # fmt: skip
    made.add_scatter(
        x=columns * 2, y=[row for row in rows for _ in columns], mode="text",
        text=[
            f"{locale_numbers.count(count)}<br>{locale_numbers.count(100 * share)} %"
            for line, part in zip(counts, shares, strict=True)
            for count, share in zip(line, part, strict=True)
        ],
        textfont={"size": 16, "color": "white"}, hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
    )  # fmt: skip
    made.update_layout(showlegend=False)
    made.update_yaxes(autorange="reversed", type="category", showgrid=False)
    made.update_xaxes(type="category", side="top", showgrid=False)
    return made


def calibration(bins: Sequence[CalibrationBin]) -> go.Figure:
    """The rate of the class beside the mean probability, with its 95 percent interval and n."""
    made = figure(HEIGHT)
    made.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line=DOTTED, name="calibrated", hoverinfo="skip"
    )
    ends = [_wilson(item.rate, item.rows) for item in bins]
    made.add_scatter(
        x=[item.probability for item in bins], y=[item.rate for item in bins],
        mode="lines+markers+text", name="rate of the rows, 95 % interval",
        text=[locale_numbers.count(item.rows) for item in bins], textposition="bottom right",
        textfont={"size": 11},
        line={"width": 1.2, "color": COLOURS[0]}, marker={"size": 8, "color": COLOURS[0]},
        error_y={
            "type": "data", "symmetric": False, "thickness": 1.2, "color": GREY,
            "array": [high - item.rate for item, (_, high) in zip(bins, ends, strict=True)],
            "arrayminus": [item.rate - low for item, (low, _) in zip(bins, ends, strict=True)],
        },
        hovertemplate="probability %{x:.1%}, rate %{y:.1%}, n %{text}<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(title="mean probability (n beside each point)", **WHOLE)
    made.update_yaxes(title="rate of the class", tickformat=".0%", range=[-0.08, 1.02])
    return made


def target_rates(rates: TargetRates) -> go.Figure:
    """The difference of the rates with its interval, beside no difference."""
    made = figure(130)
    made.add_scatter(
        x=[rates.difference], y=["current minus reference"], mode="markers",
        marker={"color": CURRENT, "size": 11, "symbol": "diamond"},
        error_x={
            "type": "data", "symmetric": False, "color": GREY,
            "array": [rates.upper - rates.difference],
            "arrayminus": [rates.difference - rates.lower],
        },
        hovertemplate="%{x:+.2%}<extra></extra>",
    )  # fmt: skip
    made.add_vline(0, line=DOTTED)
    widest = 1.2 * max(abs(rates.lower), abs(rates.upper), 0.01)
    made.update_xaxes(title="difference of the rates", tickformat="+.1%", range=[-widest, widest])
    made.update_layout(showlegend=False)
    return made


def _wilson(rate: float, n: int) -> tuple[float, float]:
    """Wilson's 95 percent interval of a rate of n rows. Source: Wilson 1927."""
    z = NORMAL_95
    center = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(center - half, 0.0), min(center + half, 1.0)
