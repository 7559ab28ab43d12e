"""Shows the progress of running evaluations, each with a button that cancels it."""

import streamlit as st

from console.adapters.model_service import EvaluationStatus
from console.components.source_state import explain_errors
from console.errors import ConsoleError, RequestRejected
from console.evaluations.protocol import Evaluator
from console.formatting import display

POLL_SECONDS = 0.7


def show(service: Evaluator, evaluation_ids: list[str]) -> None:
    """Show the progress until the first evaluation ends; then draw the page again."""
    st.fragment(lambda: _show_all(service, evaluation_ids), run_every=POLL_SECONDS)()


def _show_all(service: Evaluator, evaluation_ids: list[str]) -> None:
    for evaluation_id in evaluation_ids:
        try:
            status = service.status(evaluation_id)
        except ConsoleError as error:
            st.error(
                f"**Progress unknown.** {error} The evaluation may still be running. This page "
                "retries automatically."
            )
            continue
        if not status.running:
            st.rerun(scope="app")
        _show_progress(service, status)


def _show_progress(service: Evaluator, status: EvaluationStatus) -> None:
    stage = f"queued, {status.ahead} ahead" if status.state == "queued" else status.stage
    with st.container(horizontal=True, vertical_alignment="center"):
        seconds = status.remaining_seconds
        rest = "" if seconds is None else f", about {display.age(max(1.0, seconds))} left"
        text = f"Evaluating {status.name or status.source}: {stage}{rest}"
        st.progress(status.progress, text=text)
        if st.button("Cancel", key=f"cancel:{status.evaluation_id}"):
            with explain_errors():
                try:
                    service.cancel(status.evaluation_id)
                except RequestRejected as error:
                    st.toast(str(error))
            st.rerun(scope="app")
