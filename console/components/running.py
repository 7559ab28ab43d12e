"""Evaluations that run now: progress of each, and the button that cancels it."""

import streamlit as st

from console.adapters.model_service import EvaluationStatus
from console.components.source_state import explain_errors
from console.errors import ConsoleError, RequestRejected
from console.evaluations.protocol import Evaluator
from console.formatting import display

POLL_SECONDS = 0.7


def show(service: Evaluator, evaluation_ids: list[str]) -> None:
    """Follow them until the first ends; then the whole page is drawn anew."""
    st.fragment(lambda: _all(service, evaluation_ids), run_every=POLL_SECONDS)()


def _all(service: Evaluator, evaluation_ids: list[str]) -> None:
    for evaluation_id in evaluation_ids:
        try:
            status = service.status(evaluation_id)
        except ConsoleError as error:
            st.error(f"**Could not ask.** {error} The evaluation goes on; this page tries again.")
            continue
        if not status.running:
            st.rerun(scope="app")
        _one(service, status)


def _one(service: Evaluator, status: EvaluationStatus) -> None:
    waiting = f"waiting behind {status.ahead}" if status.state == "queued" else status.stage
    with st.container(horizontal=True, vertical_alignment="center"):
        left = status.remaining_seconds
        about = "" if left is None else f", about {display.age(max(1.0, left))} left"
        text = f"Evaluating {status.name or status.source}: {waiting}{about}"
        st.progress(status.progress, text=text)
        if st.button("Cancel", key=f"cancel:{status.evaluation_id}"):
            with explain_errors():
                try:
                    service.cancel(status.evaluation_id)
                except RequestRejected as error:
                    st.toast(str(error))
            st.rerun(scope="app")
