"""The editor for the tags and the comment of an evaluation."""

import streamlit as st

from console.adapters.model_service import EvaluationStatus
from console.components.source_state import explain_errors
from console.evaluations.protocol import Evaluator

MAX_TAGS, LONGEST_COMMENT = 20, 4_000


def show(service: Evaluator, status: EvaluationStatus) -> None:
    """Show the tags and the comment, and save a change immediately."""
    key = status.evaluation_id
    left, right = st.columns([1, 2])
    tags = left.multiselect(
        "Tags", status.tags, status.tags, key=f"tags:{key}", accept_new_options=True,
        max_selections=MAX_TAGS, placeholder="Add a tag",
    )  # fmt: skip
    comment = right.text_input(
        "Comment", status.comment or "", key=f"comment:{key}", max_chars=LONGEST_COMMENT,
        placeholder="Notes on this evaluation",
    )  # fmt: skip
    if tags == status.tags and comment == (status.comment or ""):
        return
    with explain_errors():
        service.annotate(key, tags, comment or "")
        st.toast("Saved.")
