"""What is kept on the server of a query: its history, a name for it, a place on the board."""

import streamlit as st

from console import wiring
from console.components.controls import latest
from console.errors import NotKept

MOST_HISTORY = 20


def controls(query: str) -> None:
    """Take a query from before; keep this one under a name, or on the board."""
    asked = latest("asked", lambda: wiring.shelf().all("asked"))
    named = latest("saved", lambda: wiring.shelf().all("query"))
    if asked.error is not None:
        st.caption(f"Saved queries are not available. {asked.error}")
        return
    with st.popover("History", icon=":material/history:"):
        _offer("Saved", [(item.title, item.query) for item in named.value or []])
        before = [(item.query, item.query) for item in (asked.value or [])[:MOST_HISTORY]]
        _offer("Recent", before)
    with st.popover("Save", icon=":material/bookmark:"):
        title = st.text_input("Name", key="keep_as", placeholder="What it shows")
        left, right = st.columns(2)
        ready = bool(query and title.strip())
        if left.button("Save query", disabled=not ready):
            _keep("query", title, query)
        if right.button("Add to board", disabled=not ready):
            _keep("panel", title, query)


def _keep(kind: str, title: str, query: str) -> None:
    try:
        wiring.shelf().keep("panel" if kind == "panel" else "query", title.strip(), query)
    except NotKept as error:
        st.error(str(error))
        return
    st.toast("Added to the board." if kind == "panel" else "Saved.")


def _offer(title: str, queries: list[tuple[str, str]]) -> None:
    st.markdown(f"**{title}**")
    if not queries:
        st.caption("Nothing yet.")
    for number, (name, query) in enumerate(queries):
        st.button(name, key=f"{title}:{number}", on_click=_take, args=(query,), type="tertiary")


def _take(query: str) -> None:
    st.session_state["query"] = query


def remember(query: str) -> None:
    """Into the history, once for every time that it is changed."""
    if st.session_state.get("remembered") == query:
        return
    st.session_state["remembered"] = query
    try:
        wiring.shelf().keep("asked", "", query)
    except NotKept:
        # the controls say so
        return
