"""Quality: scores by evaluation, the errors of one evaluation, and missing ground truth."""

import streamlit as st

from console import charts
from console.components import classifier, evaluation, mapped_charts, multiclass, vote_panels
from console.components.chart_figure import show_chart
from console.components.page_header import show_model_header
from console.components.refresh import auto_refresh, retry_until_available
from console.components.source_state import explain_errors, fetch_with_fallback, show_fetch_error
from console.components.view_state import ViewState
from console.models.discovery import Model
from console.views.quality import estimated, residuals, score_history, training_calibration
from console.wiring import evaluations

RECENT = 40


def render() -> None:
    view, model = show_model_header("Quality")
    if model is None:
        return
    auto_refresh(lambda: _show_live_quality(model, view), view.refresh_seconds)
    with explain_errors():
        service = evaluations.evaluator(model)
        recent = fetch_with_fallback(f"recent:{model.name}", lambda: service.recent(RECENT))
        show_fetch_error(recent)
        if recent.error is not None:
            retry_until_available(lambda: service.recent(1))
        documents = [
            pair
            for pair in evaluations.result_cache().several(service, recent.value or [])
            if pair[1].quality
        ]
        if documents:
            score_history.show_scores(documents, model, view)
            _show_evaluation(documents, model)
        elif recent.error is None:
            has_metrics = model.external is not None and model.external.queries_for("quality")
            state = "Not evaluated here." if has_metrics else "Quality is unknown."
            st.info(f"**{state}** No evaluation has rows with ground truth yet.")
            st.page_link("views/evaluate/page.py", label="Evaluate", icon=":material/play_arrow:")


def _show_live_quality(model: Model, view: ViewState) -> None:
    if model.external is not None:
        mapped_charts.show_gauges(model, "quality", view)
        return
    score_history.show_ground_truth(model, view)
    vote_panels.show(model, view)
    estimated.show(model, view)


def _show_evaluation(documents: score_history.EvaluationResults, model: Model) -> None:
    by_id = {status.evaluation_id: (status, document) for status, document in documents}
    requested = st.query_params.get("evaluation")
    newest = evaluation.default_evaluation_id(status for status, _ in documents) or next(
        iter(by_id)
    )
    evaluation_id = requested if requested in by_id else newest
    evaluation.show_picker(by_id[evaluation_id][0], [status for status, _ in documents])
    result = by_id[evaluation_id][1]
    evaluation.show_scores(result)
    if result.classification is not None:
        classifier.show(result, result.classification)
        return
    if result.multiclass is not None:
        multiclass.show(result, result.multiclass, training_calibration.read(model))
        return
    if result.residuals is None:
        st.info("**No residuals.** The task is a classification.")
        return
    left, right = st.columns(2)
    for cell, title, draw in (
        (left, "Predicted and actual", charts.predicted_against_true),
        (right, "Residuals", charts.residuals),
    ):
        with cell:
            show_chart(draw(result.residuals), title, key=f"{title}:{result.evaluation_id}")
    residuals.show(result, result.residuals)


render()
