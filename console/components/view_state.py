"""The time that a page shows: the controls for source, range and refresh, and the zoom."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from console import wiring
from console.formatting import display, url_times
from console.series import Span, span_between, span_until

RANGES = {"15 min": 900, "1 h": 3600, "6 h": 21_600, "24 h": 86_400, "7 d": 604_800}
REFRESH = {"off": None, "5 s": 5, "15 s": 15, "60 s": 60}
ZOOM_PARAMETERS = ("from", "to")


@dataclass(frozen=True)
class ViewState:
    """The time range of a page: the last `seconds`, or a fixed `zoom` in epoch seconds."""

    seconds: float
    refresh_seconds: int | None
    zoom: tuple[float, float] | None
    zone: str

    @property
    def span(self) -> Span:
        if self.zoom is not None:
            return span_between(*self.zoom)
        return span_until(wiring.now(), self.seconds)

    @property
    def key(self) -> str:
        """Changes if the person chooses another time range, but not as time passes."""
        return f"{self.zoom or self.seconds}"


def show_time_controls() -> ViewState:
    """Show source, range and refresh, all stored in the URL; a zoom overrides the range."""
    zoom = _read_zoom()
    sources = [source.name for source in wiring.settings().prometheus_sources]
    if len(sources) > 1:
        st.selectbox(
            "Source", sources, key="source", width=160, bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
    if zoom is not None:
        st.button(
            display.time_range(*zoom, time_zone()), key="unzoom", on_click=_reset_zoom,
            type="primary", icon=":material/close:", help="Back to the time up to now",
        )  # fmt: skip
    span = st.segmented_control(
        "Range", list(RANGES), default="1 h", key="range", required=True, bind="query-params",
        on_change=_reset_zoom, label_visibility="collapsed",
    )  # fmt: skip
    refresh = st.selectbox(
        "Refresh", list(REFRESH), index=2, key="refresh", width=115, bind="query-params",
        label_visibility="collapsed", icon=":material/autorenew:",
    )  # fmt: skip
    refresh_seconds = None if zoom is not None else REFRESH[refresh]
    return ViewState(RANGES[span or "1 h"], refresh_seconds, zoom, time_zone())


def time_zone() -> str:
    """Return the time zone of the reader's browser; UTC if it is unknown."""
    name = st.context.timezone or "UTC"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"
    return name


def zoom_into(start: float, end: float) -> None:
    """Fix the time range of all pages; the URL carries it. Takes epoch seconds."""
    st.session_state["zoom"] = (round(start), round(end))
    for name, moment in zip(ZOOM_PARAMETERS, (start, end), strict=True):
        st.query_params[name] = str(round(moment))


def _read_zoom() -> tuple[float, float] | None:
    """Return the zoom of the URL, else the one of the page that was open before."""
    try:
        now = wiring.now()
        start, end = (url_times.parse_time(st.query_params[name], now) for name in ZOOM_PARAMETERS)
    except (KeyError, ValueError):
        previous: tuple[float, float] | None = st.session_state.get("zoom")
        if previous is not None:
            zoom_into(*previous)
        return previous
    if not start < end:
        return None
    st.session_state["zoom"] = (start, end)
    return start, end


def _reset_zoom() -> None:
    st.session_state.pop("zoom", None)
    for name in ZOOM_PARAMETERS:
        st.query_params.pop(name, None)
