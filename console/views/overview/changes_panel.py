"""Shows the changes since the previous period, or since the last visit."""

import streamlit as st

from console.components.source_state import show_query_errors
from console.components.view_state import ViewState
from console.formatting import display
from console.views.overview import change_queries, last_visit

MAX_CHANGES = 6


def show(view: ViewState, last_visit_at: float | None) -> None:
    """Show the largest changes, each with a link to its page."""
    length = display.age(view.span.seconds)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("What changed", anchor=False, width="content",
                     help="The selected time range, compared with the one before it.")  # fmt: skip
        since = last_visit.choose(last_visit_at)
    changes, results = change_queries.collect_changes(view, since)
    show_query_errors(*results)
    if not all(result.available for result in results):
        return
    if not changes:
        visit = " your last visit" if since is not None else ""
        st.caption(f"No large changes in {length}, compared with the {length} before{visit}.")
    for change in changes[:MAX_CHANGES]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{change.model}** {change.text}", width="content")
            st.page_link(
                f"views/{change.page}/page.py", label=change.page.capitalize(),
                icon=":material/arrow_forward:",
                query_params={"model": change.model},
            )  # fmt: skip
    if len(changes) > MAX_CHANGES:
        st.caption(f"And {len(changes) - MAX_CHANGES} smaller changes.")
