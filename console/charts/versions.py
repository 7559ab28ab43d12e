"""The gain of each challenger with its interval, beside what it has to gain."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import plotly.graph_objects as go

from console.adapters.model_versions import VersionComparison
from console.charts.base import COLOURS, CURRENT, GREY, HEIGHT, REFERENCE, figure, local
from console.formatting import locale_numbers


def gains(listed: Sequence[VersionComparison], *, zone: str) -> go.Figure:
    """Comparisons in the order of their time, each of the same width however close they are."""
    made = figure(HEIGHT)
    ordered = sorted(listed, key=lambda item: item.compared_at)
    for promoted, name, colour, symbol in (
        (True, "promoted", COLOURS[2], "diamond"),
        (False, "champion stayed", COLOURS[0], "circle"),
    ):
        some = [(place, item) for place, item in enumerate(ordered) if item.promoted == promoted]
        if some:
            made.add_scatter(
                x=[place for place, _ in some], y=[item.roc_auc_gain for _, item in some],
                mode="markers", name=name, marker={"color": colour, "symbol": symbol, "size": 11},
                error_y={
                    "type": "data", "symmetric": False, "color": GREY,
                    "array": [_up(item) for _, item in some],
                    "arrayminus": [_down(item) for _, item in some],
                },
                customdata=[item.rule for _, item in some],
                hovertemplate="%{y:+.4f}<br>%{customdata}<extra>%{fullData.name}</extra>",
            )  # fmt: skip
    made.add_hline(0, line={"width": 1, "color": REFERENCE})
    least = next((item.least_gain for item in listed if item.least_gain is not None), None)
    if least is not None:
        text = {
            "text": f"promoted above {locale_numbers.fixed(least, 2, signed=True)}",
            "yshift": 8,
        }
        made.add_hline(least, line={"dash": "dot", "width": 1.2, "color": CURRENT}, annotation=text)
    moments = np.array([datetime.fromisoformat(item.compared_at).timestamp() for item in ordered])
    made.update_xaxes(
        tickvals=list(range(len(ordered))), range=[-0.7, len(ordered) - 0.3],
        ticktext=[f"{moment:%m-%d %H:%M}" for moment in local(moments, zone)],
    )  # fmt: skip
    made.update_yaxes(title="gain in ROC AUC", tickformat="+.3f")
    made.update_layout(showlegend=True)
    return made


def _up(item: VersionComparison) -> float:
    return 0.0 if item.roc_auc_gain_upper is None else item.roc_auc_gain_upper - item.roc_auc_gain


def _down(item: VersionComparison) -> float:
    return 0.0 if item.roc_auc_gain_lower is None else item.roc_auc_gain - item.roc_auc_gain_lower
