"""How a feature and the scores moved from one evaluation to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from console.charts.base import (
    COLOURS,
    CURRENT,
    GREY,
    HEIGHT,
    MARK,
    REFERENCE,
    SHADES,
    figure,
    local,
)
from console.formatting import locale_numbers
from evaluation.result import FeatureDrift, Statistics

MOST_CATEGORIES = 7
BEFORE = "reference"
STRIP_HEIGHT = 26
# further is drawn as this far
FURTHEST = 3.0
LEAST_THRESHOLD = 1e-12
LEAST_SECONDS = 120.0


@dataclass(frozen=True)
class FeatureAt:
    """A feature in one evaluation: `key` tells evaluations apart, `label` is what one reads."""

    key: str
    label: str
    feature: FeatureDrift


def quantile_boxes(found: Sequence[FeatureAt]) -> go.Figure:
    """The reference and each evaluation of a feature: quantiles as boxes (whiskers at 5 and
    95 %), or shares of its categories. Evaluations of the same second stand side by side."""
    newest = found[-1].feature
    if newest.distribution.categories is not None:
        made = _shares(found)
    else:
        made = figure(HEIGHT)
        if newest.statistics is not None:
            _box(made, BEFORE, BEFORE, newest.statistics.reference, REFERENCE)
        for at in found:
            if at.feature.statistics is not None:
                _box(made, at.key, at.label, at.feature.statistics.current, CURRENT)
        made.update_layout(showlegend=False)
        made.update_yaxes(title=newest.name)
    # half a page has no room for names: they are in the hover
    _by_key(made, [(BEFORE, BEFORE), *((at.key, at.label.split("<br>")[0]) for at in found)])
    return made


def _by_key(made: go.Figure, keys: Sequence[tuple[str, str]]) -> None:
    made.update_xaxes(
        type="category", categoryorder="array", categoryarray=[key for key, _ in keys],
        tickmode="array", tickvals=[key for key, _ in keys], ticktext=[text for _, text in keys],
    )  # fmt: skip


def _box(made: go.Figure, key: str, label: str, of: Statistics, colour: str) -> None:
    made.add_box(
        x=[key], q1=[of.q25], median=[of.q50], q3=[of.q75], lowerfence=[of.q05],
        upperfence=[of.q95], mean=[of.mean], marker={"color": colour}, line={"width": 1.4},
        name=label.replace("<br>", " "),
    )  # fmt: skip


def _shares(found: Sequence[FeatureAt]) -> go.Figure:
    made = figure(HEIGHT)
    newest = found[-1].feature
    names = list(newest.distribution.categories or [])[:MOST_CATEGORIES]
    columns = [BEFORE, *(at.key for at in found)]
    sides = [(newest, "reference"), *((at.feature, "current") for at in found)]
    for number, name in enumerate(names):
        shares = []
        for feature, side in sides:
            drawn = feature.distribution
            counts = dict(zip(drawn.categories or [], getattr(drawn, side), strict=True))
            shares.append(100 * counts.get(name, 0) / (sum(counts.values()) or 1))
        colour = COLOURS[number % len(COLOURS)]
        made.add_bar(
            x=columns, y=shares, name=name, marker={"color": colour},
            hovertemplate="%{y:,.3~r} % of rows<extra>" + f"{newest.name} {name}</extra>",
        )  # fmt: skip
    made.update_layout(barmode="stack", showlegend=True)
    made.update_yaxes(title="% of rows")
    made.update_xaxes(title=newest.name)
    return made


def strips(found: Sequence[Sequence[FeatureAt]]) -> go.Figure:
    """A strip a feature, a cell an evaluation: its score in times of its threshold, so that one
    sees since when which feature is near drift. A cell with a diamond drifts."""
    keys = list(dict.fromkeys((at.key, at.label) for row in found for at in row))
    column = {key: number for number, (key, _) in enumerate(keys)}
    names = [row[0].feature.name for row in found]
    values = np.full((len(found), len(keys)), np.nan)
    marks = np.full(values.shape, "", dtype=object)
    hover = np.full(values.shape, "not evaluated", dtype=object)
    for number, row in enumerate(found):
        for at in row:
            place = number, column[at.key]
            values[place] = min(_of_threshold(at.feature), FURTHEST)
            marks[place] = "◆" if at.feature.drifted else ""
            hover[place] = _said(at)
    made = figure(70 + STRIP_HEIGHT * len(found))
    made.add_heatmap(
        x=[key for key, _ in keys], y=names, z=values, text=marks, texttemplate="%{text}",
        textfont={"color": MARK}, colorscale=SHADES, zmin=0, zmax=FURTHEST, xgap=2, ygap=3,
        customdata=hover, hovertemplate="%{customdata}<extra>%{y}</extra>",
        colorbar={"title": {"text": "× threshold"}, "thickness": 10, "nticks": 4},
    )  # fmt: skip
    made.update_yaxes(type="category", autorange="reversed", showgrid=False)
    _by_key(made, keys)
    return made


def _of_threshold(feature: FeatureDrift) -> float:
    if feature.score is None or not feature.threshold or feature.threshold < LEAST_THRESHOLD:
        return np.nan
    return feature.score / feature.threshold


def _said(at: FeatureAt) -> str:
    score, threshold = at.feature.score, at.feature.threshold
    verdict = {True: "drift", False: "no drift", None: "not enough data"}[at.feature.drifted]
    if score is None or threshold is None:
        return f"{at.label}<br>{verdict}"
    written = locale_numbers.general(score, 3), locale_numbers.general(threshold, 3)
    return f"{at.label}<br>{verdict}: score {written[0]}, threshold {written[1]}"


@dataclass(frozen=True)
class ScorePoint:
    """A score of one evaluation, at its time in epoch seconds."""

    moment: float
    value: float
    text: str
    published: bool
    synthetic: bool = False


def scores(
    found: Sequence[ScorePoint],
    unit: str,
    *,
    zone: str,
    threshold: float | None,
    good_is_low: bool,
    share: bool = False,
) -> go.Figure:
    """Each evaluation as a mark; published ones are full and joined by a line, synthetic ones stand
    aside.

    A score that is a `share` is drawn from 0 to 1, so that a small step does not look large.
    """
    made = figure(HEIGHT)
    published = [item for item in found if item.published and not item.synthetic]
    others = [item for item in found if not item.published and not item.synthetic]
    synthetic = [item for item in found if item.synthetic]
    for items, name, symbol, mode, colour in (
        (published, "published", "circle", "lines+markers", COLOURS[0]),
        (others, "not published", "circle-open", "markers", COLOURS[2]),
        (synthetic, "synthetic", "x-thin-open", "markers", GREY),
    ):
        if items:
            made.add_scatter(
                x=local(np.array([item.moment for item in items]), zone),
                y=[item.value for item in items], name=name, mode=mode,
                marker={"symbol": symbol, "size": 9, "color": colour},
                line={"width": 1.4, "color": colour},
                customdata=[item.text for item in items],
                hovertemplate="%{y:,.4~r} " + unit + "<br>%{customdata}<extra></extra>",
            )  # fmt: skip
    if threshold is not None:
        line = {"dash": "dot", "width": 1.2, "color": CURRENT}
        side = "above is too much" if good_is_low else "below is too little"
        text = {"text": f"threshold {locale_numbers.general(threshold, 4)}, {side}", "yshift": 8}
        made.add_hline(threshold, line=line, annotation=text)
    made.update_yaxes(title=unit, rangemode="tozero" if good_is_low else "normal")
    if share:
        made.update_yaxes(range=[0, 1.02])
    moments = [item.moment for item in found]
    if moments and max(moments) - min(moments) < 1:
        # else a single one has an axis of fractions of milliseconds
        ends = np.array([min(moments) - LEAST_SECONDS / 2, max(moments) + LEAST_SECONDS / 2])
        made.update_xaxes(range=list(local(ends, zone)))
    made.update_layout(showlegend=bool(others or synthetic))
    return made
