"""When this person looked at the Overview before: a cookie of their browser knows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from console import wiring
from console.components.view_state import time_zone
from console.formatting import display, url_times

SLOT, NAME = "visit", "seen"
SHORTEST_SECONDS = 60
# who is away for so long comes back; a reload before that goes on with the same visit
AWAY_SECONDS = 30 * 60
JS = (Path(__file__).parent / "last_visit.js").read_text("utf-8")


@dataclass(frozen=True)
class Visit:
    """When the visit before this one ended, in epoch seconds; None where there was none."""

    before: float | None


def visit(cookie: str, now: float) -> Visit:
    """`cookie` has the end of the visit before and the moment that was seen last: "0.1700000000".

    What is no such thing, or of the future, is as if it were not there.
    """
    try:
        before, seen = (int(part) for part in cookie.split("."))
    except ValueError:
        return Visit(None)
    if not 0 < seen <= now:
        return Visit(None)
    if now - seen > AWAY_SECONDS:
        return Visit(float(seen))
    return Visit(float(before) if 0 < before < seen else None)


def last() -> float | None:
    """The end of the visit before this one, in epoch seconds; an address may name another moment:
    `seen=now-1d`."""
    named = _named(wiring.now())
    return _known().before if named is None else named


def remember() -> None:
    """Have the browser keep that the page is seen now; what does so takes a line at the end."""
    text = f"{_cookie()}={round(_known().before or 0)}"
    _component()(data={"text": text, "now": round(wiring.now())}, key="remember_visit")


def choose(since: float | None) -> float | None:
    """The moment that the person compares with: None is the period before."""
    if since is None:
        return None
    before, then = "Previous period", f"Last visit, {display.moment(since, time_zone())}"
    chosen = st.segmented_control(
        "Compare with", (before, then), default=before, key="changed_since", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return since if chosen == then else None


def _known() -> Visit:
    if SLOT not in st.session_state:
        cookie = str(st.context.cookies.get(_cookie(), ""))
        st.session_state[SLOT] = visit(cookie, wiring.now())
    known: Visit = st.session_state[SLOT]
    return known


def _named(now: float) -> float | None:
    try:
        seen = url_times.parse_time(st.query_params[NAME], now)
    except (KeyError, ValueError):
        return None
    return seen if 0 < seen < now - SHORTEST_SECONDS else None


def _cookie() -> str:
    """Of this console alone: a browser gives the cookies of a host to all of its ports."""
    return f"belvedere_visit_{urlsplit(st.context.url or '').port or 'default'}"


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component("belvedere_visit", js=JS)
