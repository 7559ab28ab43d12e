"""Quality: scores from one evaluation to the next, where the errors are, what truth is missing."""

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
    keep_fresh(lambda: _without_truth(model, look), look.refresh)
    with explain_errors():
        service = own.evaluator(model)
        recent = latest(f"recent:{model.name}", lambda: service.recent(RECENT))
        show_state(recent)
        if recent.error is not None:
            try_again(lambda: service.recent(1))
        found = [
            pair for pair in own.documents().several(service, recent.value or []) if pair[1].quality
        ]
        if found:
            score_history.over_time(found, model, look)
            _chosen(found)
        elif recent.error is None:
            told = model.served is not None and model.served.of("quality")
            said = "Not evaluated here." if told else "Quality is unknown."
            st.info(f"**{said}** No evaluation has rows with ground truth yet.")
            st.page_link("views/evaluate/page.py", label="Evaluate", icon=":material/play_arrow:")


def _without_truth(model: Model, look: Look) -> None:
    if model.served is not None:
        mapped_charts.gauges(model, "quality", look)
        return
    score_history.truth(model, look)
    estimated.show(model, look)


def _chosen(found: score_history.Documents) -> None:
    known = {item.evaluation_id: (item, document) for item, document in found}
    wanted = st.query_params.get("evaluation")
    newest = evaluation.first(item for item, _ in found) or next(iter(known))
    first = wanted if wanted in known else newest
    evaluation.choose(known[first][0], [item for item, _ in found])
    result = known[first][1]
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
