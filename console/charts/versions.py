"""Draws the gain of each challenger with its confidence interval. Pure."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import plotly.graph_objects as go

from console.adapters.model_versions import VersionComparison
from console.charts.base import COLOURS, CURRENT, GREY, HEIGHT, REFERENCE, figure, local
from console.formatting import locale_numbers


def gains(comparisons: Sequence[VersionComparison], *, zone: str) -> go.Figure:
    """Draw the comparisons in time order, at equal distances."""
    chart = figure(HEIGHT)
    ordered = sorted(comparisons, key=lambda item: item.compared_at)
    for promoted, name, colour, symbol in (
        (True, "promoted", COLOURS[2], "diamond"),
        (False, "champion stayed", COLOURS[0], "circle"),
    ):
        some = [(index, item) for index, item in enumerate(ordered) if item.promoted == promoted]
        if some:
            chart.add_scatter(
                x=[index for index, _ in some], y=[item.roc_auc_gain for _, item in some],
                mode="markers", name=name, marker={"color": colour, "symbol": symbol, "size": 11},
                error_y={
                    "type": "data", "symmetric": False, "color": GREY,
                    "array": [_above(item) for _, item in some],
                    "arrayminus": [_below(item) for _, item in some],
                },
                customdata=[item.rule for _, item in some],
                hovertemplate="%{y:+.4f}<br>%{customdata}<extra>%{fullData.name}</extra>",
            )  # fmt: skip
    chart.add_hline(0, line={"width": 1, "color": REFERENCE})
    least = next((item.least_gain for item in comparisons if item.least_gain is not None), None)
    if least is not None:
        text = {
            "text": f"promoted above {locale_numbers.fixed(least, 2, signed=True)}",
            "yshift": 8,
        }
        chart.add_hline(
            least, line={"dash": "dot", "width": 1.2, "color": CURRENT}, annotation=text
        )
    moments = np.array([datetime.fromisoformat(item.compared_at).timestamp() for item in ordered])
    chart.update_xaxes(
        tickvals=list(range(len(ordered))), range=[-0.7, len(ordered) - 0.3],
        ticktext=[f"{moment:%m-%d %H:%M}" for moment in local(moments, zone)],
    )  # fmt: skip
    chart.update_yaxes(title="gain in ROC AUC", tickformat="+.3f")
    chart.update_layout(showlegend=True)
    return chart


def _above(item: VersionComparison) -> float:
    return 0.0 if item.roc_auc_gain_upper is None else item.roc_auc_gain_upper - item.roc_auc_gain


def _below(item: VersionComparison) -> float:
    return 0.0 if item.roc_auc_gain_lower is None else item.roc_auc_gain - item.roc_auc_gain_lower
