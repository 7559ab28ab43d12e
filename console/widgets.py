"""Shared controls of the pages, and the states that every page has: fresh, stale, failed, empty."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import plotly.graph_objects as go
import streamlit as st

from console import wiring, words
from console.errors import ConsoleError, QueryRejected, RequestRejected

log = logging.getLogger(__name__)
T = TypeVar("T")

RANGES = {"15 min": 900, "1 h": 3600, "6 h": 21_600, "24 h": 86_400, "7 d": 604_800}
REFRESH = {"off": None, "5 s": 5, "15 s": 15, "60 s": 60}


@dataclass(frozen=True)
class Latest(Generic[T]):
    """The newest value there is, and why it is not newer."""

    value: T | None
    age_seconds: float
    error: ConsoleError | None


def latest(key: str, fetch: Callable[[], T]) -> Latest[T]:
    """Fetch; when that fails, the last value that came is kept, with its age."""
    slot = f"latest:{key}"
    try:
        value = fetch()
    except ConsoleError as error:
        log.warning("%s: %s", key, error)
        if slot in st.session_state:
            value, moment = st.session_state[slot]
            return Latest(value, time.time() - moment, error)
        return Latest(None, 0.0, error)
    st.session_state[slot] = (value, time.time())
    return Latest(value, 0.0, None)


def show_state(found: "Latest[Any]") -> None:
    """Say that a source fails, and how old what stands below is."""
    if found.error is None:
        return
    kept = (
        f"\n\nBelow is what came {words.age(found.age_seconds)} ago."
        if found.value is not None
        else ""
    )
    st.error(f"**Could not ask.** {found.error}{kept}\n\nThis page tries again by itself.")


@contextmanager
def explain_errors() -> Iterator[None]:
    """Show the console's own errors in place; whatever else happens is a bug and not hidden."""
    try:
        yield
    except (QueryRejected, RequestRejected) as error:
        st.warning(str(error))
    except ConsoleError as error:
        log.warning("%s", error)
        st.error(f"**Could not ask.** {error}")


def time_controls() -> tuple[int, int | None]:
    """Range in seconds and refresh interval in seconds; both live in the URL."""
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom"):
        span = st.segmented_control(
            "Range", list(RANGES), default="1 h", key="range", required=True, bind="query-params"
        )
        refresh = st.selectbox(
            "Refresh", list(REFRESH), index=1, key="refresh", width=90, bind="query-params"
        )
    return RANGES[span or "1 h"], REFRESH[refresh]


def keep_fresh(body: Callable[[], None], seconds: int | None) -> None:
    """Run the body, again every `seconds` if given, without touching the rest of the page."""
    st.fragment(body, run_every=seconds)()


def show_chart(figure: go.Figure, title: str, *, query: str | None = None, key: str) -> None:
    """A chart under its title, its PromQL behind a click."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**")
        if query is not None:
            with st.popover("PromQL", type="tertiary"):
                st.code(query, language="promql", wrap_lines=True)
    st.plotly_chart(figure, key=key, config={"displaylogo": False}, alt=title)


def pick_model() -> "wiring.Model | None":
    """The model that the page is about; None (and why) if there is none."""
    found = latest("models", wiring.models)
    show_state(found)
    if found.value is None:
        return None
    if not found.value:
        no_models()
        return None
    names = [model.name for model in found.value]
    chosen = st.selectbox("Model", names, key="model", width=260, bind="query-params")
    return next(model for model in found.value if model.name == chosen)


def no_models() -> None:
    st.info(
        "**No model yet.** Prometheus answers, but no service that it scrapes exposes "
        "`model_info`. Start one (`make`), or add its address to Prometheus's targets."
    )
