"""The result of an evaluation as drift: features, distributions, their history."""

import streamlit as st

from console import documents, wiring, words
from console.adapters.model_service import ModelService, Status
from console.charts.over_evaluations import boxes
from console.frames import Series
from console.panels import panel, show_chart, show_panels
from console.parts import evaluation, features
from console.promql import catalogue
from console.widgets import Look
from evaluation.result import Evaluation

BOXES = 12


def show(
    service: ModelService, model: wiring.Model, result: Evaluation, recent: list[Status], look: Look
) -> None:
    evaluation.verdict(result)
    evaluation.scores(result)
    evaluation.downloads(service, result)
    question = wiring.question(catalogue.FEATURE_DRIFT, model.labels, look.span)
    history: dict[str, Series] = {
        series.labels.get("feature", ""): series
        for series in wiring.ask([question])[question].result().series
    }
    chosen = features.table(result, history)
    features.bands(result)
    left, right = st.columns(2)
    with left:
        features.distribution(result, chosen)
    with right:
        found = documents.shared().several(service, recent[:BOXES])[::-1]
        pairs = [
            (item.created_at, feature)
            for item, document in found
            for feature in document.features
            if feature.name == chosen.name
        ]
        if pairs:
            labels = [words.moment(moment, look.zone) for moment, _ in pairs]
            drawn = boxes(labels, [feature for _, feature in pairs])
            show_chart(drawn, f"{chosen.name}: evaluation by evaluation", key="boxes")
    labels_of = {**model.labels, "feature": chosen.name}
    item = panel(
        catalogue.FEATURE_DRIFT, look, labels_of, threshold=chosen.threshold,
        empty="This feature has no published score in this time.",
    )  # fmt: skip
    show_panels([item], look, columns=1)
    evaluation.report(service, result)
