"""The result of an evaluation as drift: features, distributions, their history."""

import streamlit as st

from console import wiring
from console.adapters.model_service import Status
from console.charts.over_evaluations import At, boxes, strips
from console.components import evaluation, features
from console.components.chart_panels import panel, show_chart, show_panels
from console.components.controls import Look
from console.evaluations.protocol import Evaluator
from console.formatting import display
from console.models.discovery import Model
from console.series import Series
from console.views.drift import correlations, target
from console.wiring import evaluations as own
from evaluation.result import Evaluation, FeatureDrift
from promql import one_model

BOXES = 12
LONGEST_NAME = 18


def show(
    service: Evaluator, model: Model, result: Evaluation, recent: list[Status], look: Look
) -> None:
    evaluation.verdict(result)
    evaluation.scores(result)
    evaluation.downloads(service, result)
    question = wiring.question(one_model.FEATURE_DRIFT, model.labels, look.span)
    # only our services publish a score by feature
    published = model.served is None
    history: dict[str, Series] | None = (
        {
            series.labels.get("feature", ""): series
            for series in wiring.ask([question])[question].result().series
        }
        if published
        else None
    )
    chosen = features.table(result, history)
    left, right = st.columns(2)
    with left:
        features.distribution(result, chosen)
    history_of = _over_evaluations(service, recent, look)
    with right:
        found = history_of.get(chosen.name)
        if found:
            show_chart(boxes(found), f"{chosen.name}: evaluation by evaluation", key="boxes")
    features.bands(result)
    rows = [history_of[item.name] for item in features.ranked(result) if item.name in history_of]
    if rows:
        show_chart(strips(rows), "All features by evaluation", key="heat")
        st.caption(
            f"{_last(len(rows[0]))} Stronger colours are nearer to the threshold or past it. A "
            "diamond marks drift."
        )
    correlations.show(result)
    target.show(result, model, look)
    if published:
        _published(model, chosen, look)
    evaluation.report(service, result)


def _last(count: int) -> str:
    return (
        "One evaluation so far."
        if count == 1
        else f"The last {count} evaluations, newest on the right."
    )


def _over_evaluations(
    service: Evaluator, recent: list[Status], look: Look
) -> dict[str, list[At]]:  # fmt: skip
    """By feature: its entry in each of the last evaluations, the oldest first."""
    found: dict[str, list[At]] = {}
    for item, document in own.documents().several(service, recent[:BOXES])[::-1]:
        name = (item.name or item.source)[:LONGEST_NAME]
        label = f"{display.moment(item.created_at, look.zone)}<br>{name}"
        for feature in document.features:
            at = At(item.evaluation_id, label, feature)
            found.setdefault(feature.name, []).append(at)
    return found


def _published(model: Model, chosen: FeatureDrift, look: Look) -> None:
    labels_of = {**model.labels, "feature": chosen.name}
    item = panel(
        one_model.FEATURE_DRIFT, look, labels_of, threshold=chosen.threshold,
        empty="This feature has no published score in this time range.",
    )  # fmt: skip
    show_panels([item], look, columns=1)
