"""Remembers which errors a page shows already, so that it shows each error once.

An outage concerns many parts of a page. Each part that is drawn again shows its own errors again,
but not those that other parts show.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

ERRORS, CURRENT_PART = "shown_errors", "current_part"
PAGE = "page"


def reset() -> None:
    """Forget all errors: a new page begins."""
    st.session_state[ERRORS] = {}
    st.session_state[CURRENT_PART] = PAGE


@contextmanager
def reported_by(part: str) -> Iterator[None]:
    """Assign the errors of the block to a part, and forget the earlier errors of this part."""
    previous = st.session_state.get(CURRENT_PART, PAGE)
    parts_by_error: dict[str, str] = st.session_state.get(ERRORS, {})
    st.session_state[ERRORS] = {
        error: other for error, other in parts_by_error.items() if other != part
    }
    st.session_state[CURRENT_PART] = part
    try:
        yield
    finally:
        st.session_state[CURRENT_PART] = previous


def is_new(error: object) -> bool:
    """Return whether the page does not show this error yet; from now on it does."""
    parts_by_error: dict[str, str] = st.session_state.setdefault(ERRORS, {})
    if str(error) in parts_by_error:
        return False
    parts_by_error[str(error)] = st.session_state.get(CURRENT_PART, PAGE)
    return True
