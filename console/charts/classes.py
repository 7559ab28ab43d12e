"""Charts of a binary classifier: curves, confusion matrix, calibration, rates. Pure."""

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
# white text has a contrast of at least 5 to 1 on all of it, in both themes
OPAQUE = [[0, "#54708a"], [1, "#0f4f86"]]


def roc(classification: Classification, selected: Confusion) -> go.Figure:
    """Draw the ROC curve with the point of the selected threshold."""
    return _curve(
        [
            (item.false_positive_rate, item.recall, item)
            for item in at_each_threshold(classification)
        ],
        (selected.false_positive_rate, selected.recall, selected),
        chance=((0, 1), (0, 1)),
        axes=("false positive rate", "true positive rate (recall)"),
    )


def precision_recall(classification: Classification, selected: Confusion) -> go.Figure:
    """Draw precision against recall with the point of the selected threshold."""
    rate = classification.positives / (classification.positives + classification.negatives)
    return _curve(
        [(item.recall, item.precision, item) for item in at_each_threshold(classification)],
        (selected.recall, selected.precision, selected),
        chance=((0, 1), (rate, rate)),
        axes=("recall", "precision"),
    )


def _curve(
    points: Sequence[tuple[float | None, float | None, Confusion]],
    selected: tuple[float | None, float | None, Confusion],
    *,
    chance: tuple[tuple[float, float], tuple[float, float]],
    axes: tuple[str, str],
) -> go.Figure:
    chart = figure(HEIGHT)
    defined = [(x, y, item) for x, y, item in points if x is not None and y is not None]
    chart.add_scatter(
        x=chance[0], y=chance[1], mode="lines", line=DOTTED, name="chance",
        hoverinfo="skip",
    )  # fmt: skip
    chart.add_scatter(
        x=[x for x, _, _ in defined], y=[y for _, y, _ in defined], mode="lines", name="the model",
        line={"width": 2, "color": COLOURS[0]},
        customdata=[item.threshold for _, _, item in defined],
        hovertemplate="threshold %{customdata:.2f}<br>%{x:.1%}, %{y:.1%}<extra></extra>",
    )  # fmt: skip
    if selected[0] is not None and selected[1] is not None:
        chart.add_scatter(
            x=[selected[0]], y=[selected[1]], mode="markers",
            name=f"threshold {locale_numbers.fixed(selected[2].threshold, 2)}",
            marker={"color": CURRENT, "size": 11, "symbol": "diamond"},
            hovertemplate="%{x:.1%}, %{y:.1%}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    chart.update_xaxes(title=axes[0], **WHOLE)
    chart.update_yaxes(title=axes[1], **WHOLE)
    return chart


def confusion(selected: Confusion, positive: str) -> go.Figure:
    """Draw the confusion matrix: rows by actual and predicted class, with percent of the actual."""
    chart = figure(HEIGHT)
    other = f"not {positive}"
    counts = [
        [selected.true_positives, selected.false_negatives],
        [selected.false_positives, selected.true_negatives],
    ]
    shares = [[count / (sum(row) or 1) for count in row] for row in counts]
    columns = [f"predicted {positive}", f"predicted {other}"]
    rows = [f"actual {positive}", f"actual {other}"]
    chart.add_heatmap(
        z=shares, x=columns, y=rows, zmin=0, zmax=1, colorscale=OPAQUE, showscale=False,
        hoverinfo="skip",
    )  # fmt: skip
    chart.add_scatter(
        x=columns * 2, y=[row for row in rows for _ in columns], mode="text",
        text=[
            f"{locale_numbers.count(count)}<br>{locale_numbers.count(100 * share)} %"
            for line, part in zip(counts, shares, strict=True)
            for count, share in zip(line, part, strict=True)
        ],
        textfont={"size": 16, "color": "white"}, hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
    )  # fmt: skip
    chart.update_layout(showlegend=False)
    chart.update_yaxes(autorange="reversed", type="category", showgrid=False)
    chart.update_xaxes(type="category", side="top", showgrid=False)
    return chart


def calibration(bins: Sequence[CalibrationBin]) -> go.Figure:
    """Draw the rate of the class against the mean probability, with 95 % intervals and n."""
    chart = figure(HEIGHT)
    chart.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line=DOTTED, name="calibrated", hoverinfo="skip"
    )
    ends = [_wilson(item.rate, item.rows) for item in bins]
    chart.add_scatter(
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
    chart.update_xaxes(title="mean probability (n beside each point)", **WHOLE)
    chart.update_yaxes(title="rate of the class", tickformat=".0%", range=[-0.08, 1.02])
    return chart


def target_rates(rates: TargetRates) -> go.Figure:
    """Draw the difference of the target rates with its confidence interval."""
    chart = figure(130)
    chart.add_scatter(
        x=[rates.difference], y=["current minus reference"], mode="markers",
        marker={"color": CURRENT, "size": 11, "symbol": "diamond"},
        error_x={
            "type": "data", "symmetric": False, "color": GREY,
            "array": [rates.upper - rates.difference],
            "arrayminus": [rates.difference - rates.lower],
        },
        hovertemplate="%{x:+.2%}<extra></extra>",
    )  # fmt: skip
    chart.add_vline(0, line=DOTTED)
    widest = 1.2 * max(abs(rates.lower), abs(rates.upper), 0.01)
    chart.update_xaxes(title="difference of the rates", tickformat="+.1%", range=[-widest, widest])
    chart.update_layout(showlegend=False)
    return chart


def _wilson(rate: float, n: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of a rate of n rows. Source: Wilson 1927."""
    z = NORMAL_95
    center = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(center - half, 0.0), min(center + half, 1.0)
