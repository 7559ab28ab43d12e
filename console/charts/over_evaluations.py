"""How a feature and the scores moved from one evaluation to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from console import numerals
from console.charts.base import COLOURS, CURRENT, HEIGHT, REFERENCE, figure, local
from evaluation.result import FeatureDrift, Statistics

OTHERS = "all others"
MOST_CATEGORIES = 7


def boxes(labels: Sequence[str], features: Sequence[FeatureDrift]) -> go.Figure:
    """The reference and each evaluation of a feature: quantiles as boxes (whiskers at 5 and
    95 %), or shares of its categories."""
    if features[-1].distribution.categories is not None:
        return _shares(labels, features)
    made = figure(HEIGHT)
    first = features[-1].statistics
    if first is not None:
        _box(made, "training", first.reference, REFERENCE)
    for label, feature in zip(labels, features, strict=True):
        if feature.statistics is not None:
            _box(made, label, feature.statistics.current, CURRENT)
    made.update_layout(showlegend=False)
    made.update_yaxes(title=features[-1].name)
    made.update_xaxes(type="category")
    return made


def _box(made: go.Figure, label: str, of: Statistics, colour: str) -> None:
    made.add_box(
        x=[label], q1=[of.q25], median=[of.q50], q3=[of.q75], lowerfence=[of.q05],
        upperfence=[of.q95], mean=[of.mean], marker={"color": colour}, line={"width": 1.4},
        name=label,
    )  # fmt: skip


def _shares(labels: Sequence[str], features: Sequence[FeatureDrift]) -> go.Figure:
    made = figure(HEIGHT)
    names = list(features[-1].distribution.categories or [])[:MOST_CATEGORIES]
    columns = ["training", *labels]
    sides = [(features[-1], "reference"), *((feature, "current") for feature in features)]
    for number, name in enumerate(names):
        shares = []
        for feature, side in sides:
            drawn = feature.distribution
            counts = dict(zip(drawn.categories or [], getattr(drawn, side), strict=True))
            shares.append(100 * counts.get(name, 0) / (sum(counts.values()) or 1))
        colour = COLOURS[number % len(COLOURS)]
        made.add_bar(x=columns, y=shares, name=name, marker={"color": colour})
    made.update_layout(barmode="stack", showlegend=True)
    made.update_yaxes(title="% of rows")
    made.update_xaxes(type="category", title=features[-1].name)
    return made


@dataclass(frozen=True)
class Scored:
    """A score of one evaluation, at its time in epoch seconds."""

    moment: float
    value: float
    text: str
    published: bool


def scores(
    found: Sequence[Scored], unit: str, *, zone: str, threshold: float | None, good_is_low: bool
) -> go.Figure:
    """Each evaluation as a mark; published ones are full and joined by a line."""
    made = figure(HEIGHT)
    published = [item for item in found if item.published]
    others = [item for item in found if not item.published]
    for items, name, symbol, mode in (
        (published, "published", "circle", "lines+markers"),
        (others, "not published", "circle-open", "markers"),
    ):
        if items:
            made.add_scatter(
                x=local(np.array([item.moment for item in items]), zone),
                y=[item.value for item in items], name=name, mode=mode,
                marker={"symbol": symbol, "size": 9}, line={"width": 1.4},
                customdata=[item.text for item in items],
                hovertemplate="%{y:,.4~r} " + unit + "<br>%{customdata}<extra></extra>",
            )  # fmt: skip
    if threshold is not None:
        line = {"dash": "dot", "width": 1.2, "color": CURRENT}
        side = "above is too much" if good_is_low else "below is too little"
        text = {"text": f"threshold {numerals.general(threshold, 4)}, {side}", "yshift": 8}
        made.add_hline(threshold, line=line, annotation=text)
    made.update_yaxes(title=unit, rangemode="tozero" if good_is_low else "normal")
    made.update_layout(showlegend=bool(published and others))
    return made
