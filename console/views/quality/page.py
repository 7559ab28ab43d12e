"""Quality: scores by evaluation, the errors of one evaluation, and missing ground truth."""

import streamlit as st

from console import charts
from console.components import classifier, evaluation, mapped_charts
from console.components.chart_panels import show_chart
from console.components.controls import (
    Look,
    explain_errors,
    head_of_model,
    keep_fresh,
    latest,
    show_state,
    try_again,
)
from console.models.discovery import Model
from console.views.quality import estimated, residuals, score_history
from console.wiring import evaluations as own

RECENT = 40


def render() -> None:
    look, model = head_of_model("Quality")
    if model is None:
        return
    keep_fresh(lambda: _show_live_quality(model, look), look.refresh)
    with explain_errors():
        service = own.evaluator(model)
        recent = latest(f"recent:{model.name}", lambda: service.recent(RECENT))
        show_state(recent)
        if recent.error is not None:
            try_again(lambda: service.recent(1))
        documents = [
            pair for pair in own.documents().several(service, recent.value or []) if pair[1].quality
        ]
        if documents:
            score_history.show_scores(documents, model, look)
            _show_evaluation(documents)
        elif recent.error is None:
            has_metrics = model.served is not None and model.served.of("quality")
            state = "Not evaluated here." if has_metrics else "Quality is unknown."
            st.info(f"**{state}** No evaluation has rows with ground truth yet.")
            st.page_link("views/evaluate/page.py", label="Evaluate", icon=":material/play_arrow:")


def _show_live_quality(model: Model, look: Look) -> None:
    if model.served is not None:
        mapped_charts.gauges(model, "quality", look)
        return
    score_history.show_ground_truth(model, look)
    estimated.show(model, look)


def _show_evaluation(documents: score_history.Documents) -> None:
    by_id = {status.evaluation_id: (status, document) for status, document in documents}
    requested = st.query_params.get("evaluation")
    newest = evaluation.first(status for status, _ in documents) or next(iter(by_id))
    evaluation_id = requested if requested in by_id else newest
    evaluation.choose(by_id[evaluation_id][0], [status for status, _ in documents])
    result = by_id[evaluation_id][1]
    evaluation.scores(result)
    if result.classification is not None:
        classifier.show(result, result.classification)
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
