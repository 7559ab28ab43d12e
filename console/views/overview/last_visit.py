"""Remembers in a cookie when this browser last showed the Overview."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from console import wiring
from console.components.view_state import time_zone
from console.formatting import display, url_times

SLOT, NAME = "visit", "seen"
PREVIOUS = "Previous period"
SHORTEST_SECONDS = 60
# a reload within this time continues the same visit
AWAY_SECONDS = 30 * 60
JS = (Path(__file__).parent / "last_visit.js").read_text("utf-8")


@dataclass(frozen=True)
class Visit:
    """The end of the previous visit in epoch seconds; None without one."""

    previous_end: float | None


def parse_visit(cookie: str, now: float) -> Visit:
    """Parse a cookie: the end of the previous visit and the time last seen, "0.1700000000".

    An invalid cookie, or a time in the future, counts as no cookie.
    """
    try:
        previous_end, last_seen = (int(part) for part in cookie.split("."))
    except ValueError:
        return Visit(None)
    if not 0 < last_seen <= now:
        return Visit(None)
    if now - last_seen > AWAY_SECONDS:
        return Visit(float(last_seen))
    return Visit(float(previous_end) if 0 < previous_end < last_seen else None)


def read_last_visit() -> float | None:
    """Return the end of the previous visit in epoch seconds, or None.

    The URL can name another time: `seen=now-1d`.
    """
    chosen = _read_url(wiring.now())
    return _read_visit().previous_end if chosen is None else chosen


def remember() -> None:
    """Store the current time in the browser. The component takes a line at the end of the page."""
    text = f"{_get_cookie_name()}={round(_read_visit().previous_end or 0)}"
    _get_component()(data={"text": text, "now": round(wiring.now())}, key="remember_visit")


def choose(since: float | None) -> float | None:
    """Show the choice between the previous period (None) and the last visit, and return it."""
    if since is None:
        return None
    visit = f"Last visit, {display.moment(since, time_zone())}"
    chosen = st.segmented_control(
        "Compare with", (PREVIOUS, visit), default=PREVIOUS, key="changed_since", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return since if chosen == visit else None


def _read_visit() -> Visit:
    if SLOT not in st.session_state:
        cookie = str(st.context.cookies.get(_get_cookie_name(), ""))
        st.session_state[SLOT] = parse_visit(cookie, wiring.now())
    visit: Visit = st.session_state[SLOT]
    return visit


def _read_url(now: float) -> float | None:
    try:
        chosen = url_times.parse_time(st.query_params[NAME], now)
    except (KeyError, ValueError):
        return None
    return chosen if 0 < chosen < now - SHORTEST_SECONDS else None


def _get_cookie_name() -> str:
    """Return a name with the port, since browsers share cookies among the ports of a host."""
    return f"belvedere_visit_{urlsplit(st.context.url or '').port or 'default'}"


@st.cache_resource
def _get_component() -> Any:
    return st.components.v2.component("belvedere_visit", js=JS)
