"""Shows evaluations that ended without a result: the error, and a button that runs them again."""

import streamlit as st

from console.adapters.model_service import EvaluationStatus
from console.components import evaluation
from console.components.source_state import explain_errors
from console.evaluations.protocol import Evaluator

MAX_LISTED = 5


def show(service: Evaluator, status: EvaluationStatus) -> None:
    """Show one evaluation with its error."""
    reason = (status.error or {}).get("message", "The service gave no reason.")
    state = "failed" if status.state == "failed" else f"was {status.state}"
    st.error(f"**This evaluation {state}.** {reason}")
    _show_rerun_button(service, status)


def show_list(service: Evaluator, recent: list[EvaluationStatus]) -> None:
    """Show the newest of them in a list that is closed at first."""
    statuses = [item for item in recent if item.rerun_url][:MAX_LISTED]
    if not statuses:
        return
    with st.expander(f"Failed or cancelled ({len(statuses)})"):
        for status in statuses:
            with st.container(horizontal=True, vertical_alignment="center"):
                reason = (status.error or {}).get("message", "")
                st.markdown(f"{evaluation.title(status)}. {reason}", width="stretch")
                _show_rerun_button(service, status)


def _show_rerun_button(service: Evaluator, status: EvaluationStatus) -> None:
    if status.rerun_url is None:
        return
    if st.button("Run again", key=f"again:{status.evaluation_id}", icon=":material/replay:"):
        with explain_errors():
            st.query_params["evaluation"] = service.rerun(status.evaluation_id)
            st.rerun(scope="app")
