"""Evaluate: choose rows, start an evaluation, follow its progress and read the result."""

import streamlit as st

from console import wiring
from console.components import evaluation, failed, running
from console.components.page_header import show_model_header
from console.components.refresh import retry_until_available
from console.components.source_state import explain_errors, fetch_with_fallback, show_fetch_error
from console.errors import RequestRejected
from console.evaluations.protocol import Evaluator
from console.views.evaluate import console_form, schedules, service_form
from console.wiring import evaluations

RECENT = 25


def render() -> None:
    _, model = show_model_header("Evaluate", timed=False)
    if model is None:
        return
    with explain_errors():
        service = evaluations.evaluator(model)
        by_console = evaluations.evaluates(model)
        with explain_errors():
            started = (
                console_form.show(evaluations.evaluations(model), model)
                if by_console
                else service_form.show(wiring.service(model), model)
            )
            if started is not None:
                st.query_params["evaluation"] = started
        recent = fetch_with_fallback(f"recent:{model.name}", lambda: service.recent(RECENT))
        show_fetch_error(recent)
        if recent.error is not None:
            retry_until_available(lambda: service.recent(1))
        if recent.error is None and not by_console:
            schedules.show(wiring.service(model), model.name)
        active = [item.evaluation_id for item in recent.value or [] if item.running]
        if active:
            running.show(service, active)
        evaluation_id = st.query_params.get("evaluation")
        if evaluation_id is not None:
            _show_result(service, evaluation_id)
        elif not recent.value and recent.error is None:
            st.info(
                "**Never evaluated.** Choose rows above and press Evaluate to compare them with "
                + ("the reference." if by_console else "the training data.")
            )
        elif recent.value:
            failed.show_list(service, recent.value)
            st.page_link(
                "views/reports/page.py", label=_write_count(len(recent.value)),
                icon=":material/history:", query_params={"model": model.name},
            )  # fmt: skip


def _write_count(count: int) -> str:
    return "1 recent evaluation" if count == 1 else f"{count} recent evaluations"


def _show_result(service: Evaluator, evaluation_id: str) -> None:
    try:
        status = service.status(evaluation_id)
    except RequestRejected as error:
        st.warning(f"{error} It may have been removed. Choose another one or evaluate again.")
        st.query_params.pop("evaluation", None)
        return
    if status.result is not None:
        evaluation.show(service, status.result)
    elif not status.running:
        failed.show(service, status)


render()
