"""The controls that store queries on the server: history, saved queries and the board."""

import streamlit as st

from console import wiring
from console.components.source_state import fetch_with_fallback
from console.errors import SavedQueriesUnavailable

MAX_HISTORY = 20


def show_controls(query: str) -> None:
    """Show the menus that load a query, save this one, or add it to the board."""
    history = fetch_with_fallback("asked", lambda: wiring.saved_queries().items("asked"))
    saved = fetch_with_fallback("saved", lambda: wiring.saved_queries().items("query"))
    if history.error is not None:
        st.caption(f"Saved queries are not available. {history.error}")
        return
    with st.popover("History", icon=":material/history:"):
        _show_choices("Saved", [(item.title, item.query) for item in saved.value or []])
        recent = [(item.query, item.query) for item in (history.value or [])[:MAX_HISTORY]]
        _show_choices("Recent", recent)
    with st.popover("Save", icon=":material/bookmark:"):
        title = st.text_input("Name", key="keep_as", placeholder="What it shows")
        left, right = st.columns(2)
        ready = bool(query and title.strip())
        if left.button("Save query", disabled=not ready):
            _save("query", title, query)
        if right.button("Add to board", disabled=not ready):
            _save("panel", title, query)


def _save(kind: str, title: str, query: str) -> None:
    try:
        wiring.saved_queries().save("panel" if kind == "panel" else "query", title.strip(), query)
    except SavedQueriesUnavailable as error:
        st.error(str(error))
        return
    st.toast("Added to the board." if kind == "panel" else "Saved.")


def _show_choices(title: str, queries: list[tuple[str, str]]) -> None:
    st.markdown(f"**{title}**")
    if not queries:
        st.caption("Nothing yet.")
    for number, (name, query) in enumerate(queries):
        st.button(name, key=f"{title}:{number}", on_click=_use, args=(query,), type="tertiary")


def _use(query: str) -> None:
    st.session_state["query"] = query


def remember(query: str) -> None:
    """Add the query to the history, once each time it changes."""
    if st.session_state.get("remembered") == query:
        return
    st.session_state["remembered"] = query
    try:
        wiring.saved_queries().save("asked", "", query)
    except SavedQueriesUnavailable:
        # the controls show this error
        return
