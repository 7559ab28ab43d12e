"""Evaluations that ended without a result: why, and the button that runs them again."""

import streamlit as st

from console.adapters.model_service import EvaluationStatus
from console.components import evaluation
from console.components.source_state import explain_errors
from console.evaluations.protocol import Evaluator

MOST_LISTED = 5


def show(service: Evaluator, status: EvaluationStatus) -> None:
    reason = (status.error or {}).get("message", "no reason was given")
    st.error(f"**This evaluation {_said(status.state)}.** {reason}")
    _again(service, status)


def show_list(service: Evaluator, recent: list[EvaluationStatus]) -> None:
    """The newest of them in a list that is opened when somebody wants it."""
    found = [item for item in recent if item.rerun_url][:MOST_LISTED]
    if not found:
        return
    with st.expander(f"Ended without a result ({len(found)})"):
        for item in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                reason = (item.error or {}).get("message", "")
                st.markdown(f"{evaluation.title(item)}. {reason}", width="stretch")
                _again(service, item)


def _again(service: Evaluator, status: EvaluationStatus) -> None:
    if status.rerun_url is None:
        return
    if st.button("Run again", key=f"again:{status.evaluation_id}", icon=":material/replay:"):
        with explain_errors():
            st.query_params["evaluation"] = service.rerun(status.evaluation_id)
            st.rerun(scope="app")


def _said(state: str) -> str:
    return state if state == "failed" else f"was {state}"
