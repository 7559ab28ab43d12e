"""Tags and comment of an evaluation, changed where they are read."""

import streamlit as st

from console.adapters.model_service import Status
from console.components.controls import explain_errors
from console.evaluations.protocol import Evaluator

MOST_TAGS, LONGEST_COMMENT = 20, 4_000


def show(service: Evaluator, item: Status) -> None:
    """What is changed is kept at once; the evaluation's id keeps two of them apart."""
    key = item.evaluation_id
    left, right = st.columns([1, 2])
    tags = left.multiselect(
        "Tags", item.tags, item.tags, key=f"tags:{key}", accept_new_options=True,
        max_selections=MOST_TAGS, placeholder="Add a tag",
    )  # fmt: skip
    comment = right.text_input(
        "Comment", item.comment or "", key=f"comment:{key}", max_chars=LONGEST_COMMENT,
        placeholder="Notes on this evaluation",
    )  # fmt: skip
    if tags == item.tags and comment == (item.comment or ""):
        return
    with explain_errors():
        service.annotate(key, tags, comment or "")
        st.toast("Saved.")
