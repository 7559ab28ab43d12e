"""Drift: the verdict, the features in order of importance, their history, and operations."""

import streamlit as st

from console.adapters.model_service import Status
from console.components import evaluation, failed, mapped_charts, running
from console.components.controls import (
    Look,
    explain_errors,
    head_of_model,
    keep_fresh,
    latest,
    show_state,
    try_again,
)
from console.errors import RequestRejected
from console.evaluations.protocol import Evaluator
from console.models.discovery import Model
from console.views.drift import operations_timeline, result
from console.wiring import evaluations as own

RECENT = 25


def render() -> None:
    look, model = head_of_model("Drift")
    if model is None:
        return
    with explain_errors():
        service = own.evaluator(model)
        recent = latest(f"recent:{model.name}", lambda: service.recent(RECENT))
        show_state(recent)
        if recent.error is not None:
            try_again(lambda: service.recent(1))
        statuses = recent.value or []
        evaluation_id = st.query_params.get("evaluation") or evaluation.first(statuses)
        if evaluation_id is not None:
            _show_evaluation(service, model, evaluation_id, statuses, look)
        elif recent.error is None:
            has_metrics = model.served is not None and model.served.of("drift")
            advice = "The charts below show the service's own metrics." if has_metrics else (
                "Evaluate the model to check its input for drift."
            )  # fmt: skip
            st.info(f"**Never evaluated.** {advice}")
            st.page_link(
                "views/evaluate/page.py", label="Evaluate", icon=":material/play_arrow:",
                query_params={"model": model.name},
            )  # fmt: skip
    mapped_charts.gauges(model, "drift", look)
    keep_fresh(lambda: operations_timeline.show(model, look), look.refresh)


def _show_evaluation(
    service: Evaluator, model: Model, evaluation_id: str, recent: list[Status], look: Look
) -> None:
    try:
        status = service.status(evaluation_id)
    except RequestRejected as error:
        st.warning(f"{error} It may have been removed. Choose another one or evaluate again.")
        st.query_params.pop("evaluation", None)
        return
    evaluation.choose(status, recent)
    if status.running:
        running.show(service, [evaluation_id])
    elif status.result is None:
        failed.show(service, status)
    else:
        result.show(service, model, status.result, recent, look)


render()
