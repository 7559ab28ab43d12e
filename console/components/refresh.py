"""Draws parts of a page again: at an interval, or as soon as a failed source answers."""

import uuid
from collections.abc import Callable

import streamlit as st

from console.components import error_once
from console.errors import ConsoleError

RETRY_SECONDS = 5
REDRAW_PAGE = "redraw_page"


def auto_refresh(body: Callable[[], None], seconds: int | None) -> None:
    """Run `body`, and run it again every `seconds` without the rest of the page.

    If `seconds` is None, run it once.
    """
    part = uuid.uuid4().hex

    def run() -> None:
        with error_once.reported_by(part):
            body()
        if st.session_state.pop(REDRAW_PAGE, False):
            st.rerun(scope="app")

    st.fragment(run, run_every=seconds)()


def redraw_page() -> None:
    """Draw the whole page after the part that is running now."""
    st.session_state[REDRAW_PAGE] = True


def retry_until_available(fetch: Callable[[], object]) -> None:
    """Call `fetch` every few seconds; draw the page again once it returns anything but False."""

    def poll() -> None:
        try:
            available = fetch()
        except ConsoleError:
            return
        if available is not False:
            st.rerun(scope="app")

    st.fragment(poll, run_every=RETRY_SECONDS)()
