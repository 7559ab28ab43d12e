"""Shared controls of the pages, and the states that every page has: fresh, stale, failed, empty."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tomllib import TOMLDecodeError
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from pydantic import ValidationError
from pydantic_settings import SettingsError
from streamlit.delta_generator import DeltaGenerator

from console import series, wiring
from console.adapters.query_cache import Answer
from console.components import error_once, grafana_links
from console.errors import ConsoleError, QueryRejected, RequestRejected
from console.formatting import display, url_times
from console.models.discovery import Model

log = logging.getLogger(__name__)
T = TypeVar("T")

RANGES = {"15 min": 900, "1 h": 3600, "6 h": 21_600, "24 h": 86_400, "7 d": 604_800}
REFRESH = {"off": None, "5 s": 5, "15 s": 15, "60 s": 60}
ZOOM = ("from", "to")
TRY_AGAIN_SECONDS = 5
AS_SAID = "Could not ask, as said above."


@dataclass(frozen=True)
class Latest(Generic[T]):
    """The newest value there is, and why it is not newer."""

    value: T | None
    age_seconds: float
    error: ConsoleError | None


@dataclass(frozen=True)
class Look:
    """What a page looks at: a stretch of time that moves with the clock, or a fixed one."""

    seconds: float
    refresh: int | None
    zoom: tuple[float, float] | None
    zone: str

    @property
    def span(self) -> series.Span:
        if self.zoom is not None:
            return series.between(*self.zoom)
        return series.span(wiring.now(), self.seconds)

    @property
    def key(self) -> str:
        """Changes when the person looks at another time, and not when time goes on."""
        return f"{self.zoom or self.seconds}"


def stop_without_settings() -> None:
    """Say what is wrong with a setting in place of a page that breaks."""
    try:
        wiring.settings()
    except (ValidationError, SettingsError, TOMLDecodeError) as error:
        st.error(f"**The settings of the console can't be used.** {error}")
        st.stop()


def say_models_file() -> None:
    """Say on every page that the file of added models can't be used: its models may be missing."""
    error = wiring.served().error
    if error is not None:
        st.warning(f"**The file of added models can't be used.** {error}")


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
    if found.error is not None:
        _could_not_ask(found.error, found.age_seconds if found.value is not None else None)


def show_answers(*answers: Answer) -> None:
    """Say once what failed among the answers of a page, and how old the oldest of them is."""
    failed = {str(answer.error): answer for answer in answers if answer.error is not None}
    if not failed:
        return
    known = [answer.came_at for answer in answers if answer.known and answer.error]
    age = time.time() - min(known) if known else None
    first = next(iter(failed.values())).error
    if isinstance(first, QueryRejected):
        st.warning(f"**Prometheus does not take a query of this page.** {first}")
    elif first is not None:
        _could_not_ask(first, age)


def _could_not_ask(error: ConsoleError, age_seconds: float | None) -> None:
    kept = ""
    if age_seconds is not None:
        kept = f"Below is what came {display.age(age_seconds)} ago."
    if error_once.first(error):
        shown = "\n\n".join(part for part in (str(error), kept) if part)
        st.error(f"**Could not ask.** {shown}\n\nThis page tries again by itself.")
    else:
        st.caption(f"{AS_SAID} {kept}".strip())


@contextmanager
def explain_errors() -> Iterator[None]:
    """Show the console's own errors in place; whatever else happens is a bug and not hidden."""
    try:
        yield
    except (QueryRejected, RequestRejected) as error:
        st.warning(str(error))
    except ConsoleError as error:
        log.warning("%s", error)
        if error_once.first(error):
            st.error(f"**Could not ask.** {error}")
        else:
            st.caption(AS_SAID)


def head(title: str) -> Look:
    """The title of a page beside the time that it looks at."""
    error_once.start()
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    left.title(title, anchor=False)
    with right, _controls():
        look = _time()
        _grafana(title, None, look)
    return look


def head_of_model(title: str, *, timed: bool = True) -> "tuple[Look, Model | None]":
    """The title, the model that the page is about (None, and why, if there is none), the time."""
    error_once.start()
    left, right = st.columns([1, 4], vertical_alignment="bottom")
    left.title(title, anchor=False)
    found, answer = wiring.models()
    with right, _controls():
        model = _pick(found) if found else None
        look = _time() if timed else Look(3600, None, None, zone())
        if timed:
            _grafana(title, model, look)
    _without_model(found, answer)
    return look, model


def pick_model() -> "Model | None":
    """The model that a part of a page is about; None, and why, if there is none."""
    found, answer = wiring.models()
    _without_model(found, answer)
    return _pick(found) if found else None


def _without_model(found: "list[Model]", answer: Answer) -> None:
    show_answers(answer)
    if not found:
        if answer.error is None:
            no_models()
        try_again(lambda: bool(wiring.models()[0]))


def _controls() -> DeltaGenerator:
    return st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"
    )


def _pick(found: "list[Model]") -> "Model":
    """The URL always names the model: the first one today may be another tomorrow."""
    names = list(dict.fromkeys(model.name for model in found))
    wanted = st.query_params.get("model") or st.session_state.get("chosen_model")
    index = names.index(wanted) if wanted in names else 0
    chosen = st.selectbox(
        "Model", names, index, key=f"pick_model:{wanted}", width=180, label_visibility="collapsed"
    )
    st.session_state["chosen_model"] = chosen
    if st.query_params.get("model", chosen) != chosen:
        # an evaluation of the model before
        st.query_params.pop("evaluation", None)
    st.query_params["model"] = chosen
    return next(model for model in found if model.name == chosen)


def _time() -> Look:
    """Range and refresh, both in the URL; a stretch that was chosen in a chart goes before."""
    zoom = _zoom()
    sources = [source.name for source in wiring.settings().prometheuses]
    if len(sources) > 1:
        st.selectbox(
            "Source", sources, key="source", width=160, bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
    if zoom is not None:
        st.button(
            display.stretch(*zoom, zone()), key="unzoom", on_click=_unzoom, type="primary",
            icon=":material/close:", help="Back to the time up to now",
        )  # fmt: skip
    span = st.segmented_control(
        "Range", list(RANGES), default="1 h", key="range", required=True, bind="query-params",
        on_change=_unzoom, label_visibility="collapsed",
    )  # fmt: skip
    refresh = st.selectbox(
        "Refresh", list(REFRESH), index=2, key="refresh", width=115, bind="query-params",
        label_visibility="collapsed", icon=":material/autorenew:",
    )  # fmt: skip
    every = None if zoom is not None else REFRESH[refresh]
    return Look(RANGES[span or "1 h"], every, zoom, zone())


def _grafana(page: str, model: "Model | None", look: Look) -> None:
    """The dashboard of the same model and time, where the settings name a Grafana."""
    base = wiring.settings().grafana_url
    if base is None:
        return
    name, job, task = (model.name, model.job, model.task) if model is not None else ("", "", "")
    url = grafana_links.address(base, page, name, job, look.seconds, look.zoom, task)
    if url is not None:
        st.link_button("Grafana", url, type="tertiary", icon=":material/open_in_new:")


def zone() -> str:
    """The reader's time zone, as the browser says."""
    named = st.context.timezone or "UTC"
    try:
        ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"
    return named


def zoom_into(start: float, end: float) -> None:
    st.session_state["zoom"] = (round(start), round(end))
    for name, moment in zip(ZOOM, (start, end), strict=True):
        st.query_params[name] = str(round(moment))


def _zoom() -> tuple[float, float] | None:
    """The chosen stretch: of the URL, or of the page where one was before."""
    try:
        now = wiring.now()
        start, end = (url_times.moment(st.query_params[name], now) for name in ZOOM)
    except (KeyError, ValueError):
        kept: tuple[float, float] | None = st.session_state.get("zoom")
        if kept is not None:
            zoom_into(*kept)
        return kept
    if not start < end:
        return None
    st.session_state["zoom"] = (start, end)
    return start, end


def _unzoom() -> None:
    st.session_state.pop("zoom", None)
    for name in ZOOM:
        st.query_params.pop(name, None)


def try_again(fetch: Callable[[], object]) -> None:
    """Draw the page anew as soon as what failed gives something: nobody has to press reload."""

    def poll() -> None:
        try:
            there = fetch()
        except ConsoleError:
            return
        if there is not False:
            st.rerun(scope="app")

    st.fragment(poll, run_every=TRY_AGAIN_SECONDS)()


def keep_fresh(body: Callable[[], None], seconds: int | None) -> None:
    """Run the body, again every `seconds` if given, without touching the rest of the page."""

    part = uuid.uuid4().hex

    def run() -> None:
        with error_once.by(part):
            body()
        if st.session_state.pop("whole_page", False):
            st.rerun(scope="app")

    st.fragment(run, run_every=seconds)()


def no_models() -> None:
    st.info(
        "**No model yet.** Prometheus answers, but no service that it scrapes exposes "
        "`model_info`. Start one (`make`), add its address to Prometheus's targets, or show a "
        "service that others wrote: on the page [Add a model](/add-model)."
    )
