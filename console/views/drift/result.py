"""Shows the drift of an evaluation: features, distributions and their history."""

import streamlit as st

from console import wiring
from console.adapters.model_service import EvaluationStatus
from console.charts.over_evaluations import FeatureAt, quantile_boxes, strips
from console.components import evaluation, evaluation_files, features
from console.components.chart_figure import show_chart
from console.components.chart_panels import panel, show_panels
from console.components.view_state import ViewState
from console.evaluations.protocol import Evaluator
from console.formatting import display
from console.models.discovery import Model
from console.series import Series
from console.views.drift import correlations, pictures, target
from console.wiring import evaluations
from evaluation.result import Evaluation, FeatureDrift
from promql import drift

MAX_BOXES = 12
MAX_NAME_CHARACTERS = 18


def show(
    service: Evaluator,
    model: Model,
    result: Evaluation,
    recent: list[EvaluationStatus],
    view: ViewState,
) -> None:
    """Show the whole result; `recent` are the evaluations for the history of the features."""
    evaluation.show_verdict(result)
    pictures.show_words(result)
    evaluation.show_scores(result)
    evaluation_files.show_downloads(service, result)
    # only services with the Belvedere API publish scores by feature
    published = model.external is None
    history = _read_published_scores(model, view) if published else None
    feature = features.show_table(result, history)
    left, right = st.columns(2)
    with left:
        features.show_distribution(result, feature)
    entries_by_feature = _read_entries(service, recent, view)
    with right:
        entries = entries_by_feature.get(feature.name)
        if entries:
            show_chart(
                quantile_boxes(entries), f"{feature.name}: evaluation by evaluation", key="boxes"
            )
    if published:
        pictures.show_most_unlike(result, model)
    features.show_scores_against_chance(result)
    names = [ranked.name for ranked in features.rank(result)]
    _show_all_features([entries_by_feature[name] for name in names if name in entries_by_feature])
    correlations.show(result)
    target.show(result, model, view)
    if published:
        _show_published_history(model, feature, view)
    evaluation_files.show_report(service, result)


def _show_all_features(rows: list[list[FeatureAt]]) -> None:
    if not rows:
        return
    show_chart(strips(rows), "All features by evaluation", key="heat")
    st.caption(
        f"{_write_count(len(rows[0]))} Stronger colours are nearer to the threshold or past it. A "
        "diamond marks drift."
    )


def _write_count(count: int) -> str:
    return (
        "One evaluation so far."
        if count == 1
        else f"The last {count} evaluations, newest on the right."
    )


def _read_entries(
    service: Evaluator, recent: list[EvaluationStatus], view: ViewState
) -> dict[str, list[FeatureAt]]:  # fmt: skip
    """Return by feature its entries in the last evaluations, oldest first."""
    entries: dict[str, list[FeatureAt]] = {}
    for status, document in evaluations.result_cache().several(service, recent[:MAX_BOXES])[::-1]:
        name = (status.name or status.source)[:MAX_NAME_CHARACTERS]
        label = f"{display.moment(status.created_at, view.zone)}<br>{name}"
        for feature in document.features:
            at = FeatureAt(status.evaluation_id, label, feature)
            entries.setdefault(feature.name, []).append(at)
    return entries


def _read_published_scores(model: Model, view: ViewState) -> dict[str, Series]:
    """Return the published drift scores over the time range, by feature."""
    request = wiring.build_request(drift.FEATURE_DRIFT, model.labels, view.span)
    series_list = wiring.submit([request])[request].result().series
    return {series.labels.get("feature", ""): series for series in series_list}


def _show_published_history(model: Model, feature: FeatureDrift, view: ViewState) -> None:
    labels = {**model.labels, "feature": feature.name}
    history_panel = panel(
        drift.FEATURE_DRIFT, view, labels, threshold=feature.threshold,
        empty="This feature has no published score in this time range.",
    )  # fmt: skip
    show_panels([history_panel], view, columns=1)
