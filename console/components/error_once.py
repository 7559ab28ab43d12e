"""Which errors a page has told already: an outage is told once, however many parts it concerns."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

SAID, TELLER = "said", "teller"
PAGE = "page"


def reset() -> None:
    """A page begins, and has told nothing."""
    st.session_state[SAID] = {}
    st.session_state[TELLER] = PAGE


@contextmanager
def reported_by(part: str) -> Iterator[None]:
    """What is told in the block is told by this part: drawn anew, it tells its errors again, and
    leaves to others what they have told."""
    before = st.session_state.get(TELLER, PAGE)
    known: dict[str, str] = st.session_state.get(SAID, {})
    st.session_state[SAID] = {error: teller for error, teller in known.items() if teller != part}
    st.session_state[TELLER] = part
    try:
        yield
    finally:
        st.session_state[TELLER] = before


def is_new(error: object) -> bool:
    """Is this the first time that the page tells it? It counts as told from now on."""
    known: dict[str, str] = st.session_state.setdefault(SAID, {})
    if str(error) in known:
        return False
    known[str(error)] = st.session_state.get(TELLER, PAGE)
    return True
