"""What changed against the period before, or since the last visit, in sentences."""

import streamlit as st

from console.components.controls import Look, show_answers
from console.formatting import display
from console.views.overview import fleet_queries, last_visit

MOST_CHANGES = 6


def show(look: Look, seen: float | None) -> None:
    length = display.age(look.span.seconds)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("What changed", anchor=False, width="content",
                     help="The selected time range, compared with the one before it.")  # fmt: skip
        since = last_visit.choose(seen)
    changes, answers = fleet_queries.changed(look, since)
    show_answers(*answers)
    if not all(answer.known for answer in answers):
        return
    if not changes:
        visit = " your last visit" if since is not None else ""
        st.caption(f"No large changes in {length}, compared with the {length} before{visit}.")
    for change in changes[:MOST_CHANGES]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{change.model}** {change.text}", width="content")
            st.page_link(
                f"views/{change.page}/page.py", label=change.page.capitalize(),
                icon=":material/arrow_forward:",
                query_params={"model": change.model},
            )  # fmt: skip
    if len(changes) > MOST_CHANGES:
        st.caption(f"And {len(changes) - MOST_CHANGES} smaller changes.")
