"""Charts of the features over several evaluations. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from console.charts.base import (
    COLOURS,
    CURRENT,
    HEIGHT,
    MARK,
    REFERENCE,
    SHADES,
    figure,
)
from console.formatting import locale_numbers
from evaluation.result import FeatureDrift, Statistics

MAX_CATEGORIES = 7
REFERENCE_KEY = "reference"
STRIP_HEIGHT = 26
# larger values are drawn as this
FURTHEST = 3.0
MIN_THRESHOLD = 1e-12


@dataclass(frozen=True)
class FeatureAt:
    """A feature in one evaluation; `key` is unique, `label` is what the chart shows."""

    key: str
    label: str
    feature: FeatureDrift


def quantile_boxes(entries: Sequence[FeatureAt]) -> go.Figure:
    """Draw a feature in the reference and in each evaluation.

    Numbers are boxes of quantiles with whiskers at 5 and 95 %, categories are stacked shares.
    Evaluations of the same second have a box each.
    """
    newest = entries[-1].feature
    if newest.distribution.categories is not None:
        chart = _shares(entries)
    else:
        chart = figure(HEIGHT)
        if newest.statistics is not None:
            _box(chart, REFERENCE_KEY, REFERENCE_KEY, newest.statistics.reference, REFERENCE)
        for at in entries:
            if at.feature.statistics is not None:
                _box(chart, at.key, at.label, at.feature.statistics.current, CURRENT)
        chart.update_layout(showlegend=False)
        chart.update_yaxes(title=newest.name)
    # the first line only: half a page has no room for the names, and the hover has them
    _set_categories(
        chart,
        [(REFERENCE_KEY, REFERENCE_KEY), *((at.key, at.label.split("<br>")[0]) for at in entries)],
    )
    return chart


def _set_categories(chart: go.Figure, keys: Sequence[tuple[str, str]]) -> None:
    chart.update_xaxes(
        type="category", categoryorder="array", categoryarray=[key for key, _ in keys],
        tickmode="array", tickvals=[key for key, _ in keys], ticktext=[text for _, text in keys],
    )  # fmt: skip


def _box(chart: go.Figure, key: str, label: str, statistics: Statistics, colour: str) -> None:
    chart.add_box(
        x=[key], q1=[statistics.q25], median=[statistics.q50], q3=[statistics.q75],
        lowerfence=[statistics.q05],
        upperfence=[statistics.q95], mean=[statistics.mean],
        marker={"color": colour}, line={"width": 1.4},
        name=label.replace("<br>", " "),
    )  # fmt: skip


def _shares(entries: Sequence[FeatureAt]) -> go.Figure:
    chart = figure(HEIGHT)
    newest = entries[-1].feature
    names = list(newest.distribution.categories or [])[:MAX_CATEGORIES]
    columns = [REFERENCE_KEY, *(at.key for at in entries)]
    sides = [(newest, "reference"), *((at.feature, "current") for at in entries)]
    for number, name in enumerate(names):
        shares = []
        for feature, side in sides:
            drawn = feature.distribution
            counts = dict(zip(drawn.categories or [], getattr(drawn, side), strict=True))
            shares.append(100 * counts.get(name, 0) / (sum(counts.values()) or 1))
        colour = COLOURS[number % len(COLOURS)]
        chart.add_bar(
            x=columns, y=shares, name=name, marker={"color": colour},
            hovertemplate="%{y:,.3~r} % of rows<extra>" + f"{newest.name} {name}</extra>",
        )  # fmt: skip
    chart.update_layout(barmode="stack", showlegend=True)
    chart.update_yaxes(title="% of rows")
    chart.update_xaxes(title=newest.name)
    return chart


def strips(entries: Sequence[Sequence[FeatureAt]]) -> go.Figure:
    """Draw a row per feature and a cell per evaluation: score divided by threshold.

    A diamond marks drift. The rows show since when a feature is close to its threshold.
    """
    keys = list(dict.fromkeys((at.key, at.label) for row in entries for at in row))
    column = {key: number for number, (key, _) in enumerate(keys)}
    names = [row[0].feature.name for row in entries]
    values = np.full((len(entries), len(keys)), np.nan)
    marks = np.full(values.shape, "", dtype=object)
    hover = np.full(values.shape, "not evaluated", dtype=object)
    for number, row in enumerate(entries):
        for at in row:
            cell = number, column[at.key]
            values[cell] = min(_relative_score(at.feature), FURTHEST)
            marks[cell] = "◆" if at.feature.drifted else ""
            hover[cell] = _hover_text(at)
    chart = figure(70 + STRIP_HEIGHT * len(entries))
    chart.add_heatmap(
        x=[key for key, _ in keys], y=names, z=values, text=marks, texttemplate="%{text}",
        textfont={"color": MARK}, colorscale=SHADES, zmin=0, zmax=FURTHEST, xgap=2, ygap=3,
        customdata=hover, hovertemplate="%{customdata}<extra>%{y}</extra>",
        colorbar={"title": {"text": "× threshold"}, "thickness": 10, "nticks": 4},
    )  # fmt: skip
    chart.update_yaxes(type="category", autorange="reversed", showgrid=False)
    _set_categories(chart, keys)
    return chart


def _relative_score(feature: FeatureDrift) -> float:
    if feature.score is None or not feature.threshold or feature.threshold < MIN_THRESHOLD:
        return np.nan
    return feature.score / feature.threshold


def _hover_text(at: FeatureAt) -> str:
    score, threshold = at.feature.score, at.feature.threshold
    verdict = {True: "drift", False: "no drift", None: "not enough data"}[at.feature.drifted]
    if score is None or threshold is None:
        return f"{at.label}<br>{verdict}"
    numbers = [locale_numbers.general(value, 3) for value in (score, threshold)]
    return f"{at.label}<br>{verdict}: score {numbers[0]}, threshold {numbers[1]}"
