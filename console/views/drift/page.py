"""Drift: the verdict, the features in order of importance, their history, and operations."""

import streamlit as st

from console.adapters.model_service import EvaluationStatus
from console.components import evaluation, failed, mapped_charts, running
from console.components.page_header import show_model_header
from console.components.refresh import auto_refresh, retry_until_available
from console.components.source_state import explain_errors, fetch_with_fallback, show_fetch_error
from console.components.view_state import ViewState
from console.errors import RequestRejected
from console.evaluations.protocol import Evaluator
from console.models.discovery import Model
from console.views.drift import operations_timeline, result
from console.wiring import evaluations

RECENT = 25


def render() -> None:
    view, model = show_model_header("Drift")
    if model is None:
        return
    with explain_errors():
        service = evaluations.evaluator(model)
        recent = fetch_with_fallback(f"recent:{model.name}", lambda: service.recent(RECENT))
        show_fetch_error(recent)
        if recent.error is not None:
            retry_until_available(lambda: service.recent(1))
        statuses = recent.value or []
        evaluation_id = st.query_params.get("evaluation") or evaluation.default_evaluation_id(
            statuses
        )
        if evaluation_id is not None:
            _show_evaluation(service, model, evaluation_id, statuses, view)
        elif recent.error is None:
            has_metrics = model.external is not None and model.external.queries_for("drift")
            advice = "The charts below show the service's own metrics." if has_metrics else (
                "Evaluate the model to check its input for drift."
            )  # fmt: skip
            st.info(f"**Never evaluated.** {advice}")
            st.page_link(
                "views/evaluate/page.py", label="Evaluate", icon=":material/play_arrow:",
                query_params={"model": model.name},
            )  # fmt: skip
    mapped_charts.show_gauges(model, "drift", view)
    auto_refresh(lambda: operations_timeline.show(model, view), view.refresh_seconds)


def _show_evaluation(
    service: Evaluator,
    model: Model,
    evaluation_id: str,
    recent: list[EvaluationStatus],
    view: ViewState,
) -> None:
    try:
        status = service.status(evaluation_id)
    except RequestRejected as error:
        st.warning(f"{error} It may have been removed. Choose another one or evaluate again.")
        st.query_params.pop("evaluation", None)
        return
    evaluation.show_picker(status, recent)
    if status.running:
        running.show(service, [evaluation_id])
    elif status.result is None:
        failed.show(service, status)
    else:
        result.show(service, model, status.result, recent, view)


render()
