"""When this person was here last: kept in the address, so that a bookmark or a reload knows."""

import streamlit as st

from console import moments, wiring, words
from console.widgets import zone

SLOT, NAME = "last_visit", "seen"
SHORTEST_SECONDS = 60


def last() -> float | None:
    """The visit before this session, in epoch seconds; the address then names this one."""
    if SLOT not in st.session_state:
        st.session_state[SLOT] = _named()
        st.session_state["this_visit"] = str(round(wiring.now()))
    st.query_params[NAME] = st.session_state["this_visit"]
    known: float | None = st.session_state[SLOT]
    return known


def choose(since: float | None) -> float | None:
    """The moment that the person compares with: None is the period before."""
    if since is None:
        return None
    before, visit = "the period before", f"the last visit, {words.moment(since, zone())}"
    chosen = st.segmented_control(
        "Compare with", (before, visit), default=before, key="changed_since", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return since if chosen == visit else None


def _named() -> float | None:
    now = wiring.now()
    try:
        seen = moments.moment(st.query_params[NAME], now)
    except (KeyError, ValueError):
        return None
    return seen if 0 < seen < now - SHORTEST_SECONDS else None
