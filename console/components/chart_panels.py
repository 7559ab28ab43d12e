"""Charts of a page: all asked at once, each drawn when its own answers are there."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from console import charts, wiring
from console.adapters.query_cache import QueryRequest, QueryResult
from console.components import error_once
from console.components.refresh import redraw_page
from console.components.source_state import REPEATED_ERROR
from console.components.view_state import ViewState, zoom_into
from console.errors import ConsoleError, QueryRejected
from console.formatting import display, locale_numbers
from console.series import Series, samples_frame, shift, to_csv

NO_SERIES = "Prometheus answered, and no series matches in this time."
NO_NUMBER = "Prometheus answered, and its series have no number in this time."
Draw = Callable[[list[Series], list[Series]], go.Figure]


@dataclass(frozen=True)
class Panel:
    """A chart: `questions` by the name that their series get ("" keeps the labels)."""

    title: str
    unit: str
    description: str
    requests: Sequence[tuple[str, QueryRequest]]
    # the same questions over the period before, drawn behind
    compare: bool = False
    threshold: float | None = None
    marks: Sequence[charts.Mark] = ()
    draw: Draw | None = None
    empty: str = NO_SERIES
    key: str = field(default="")


def panel(query: Any, view: ViewState, labels: Any, **options: Any) -> Panel:
    """A panel of one query of the catalogue."""
    request = wiring.build_request(query, labels, view.span)
    return Panel(query.title, query.unit, query.description, [("", request)], **options)


def show_panels(panels: Sequence[Panel], view: ViewState, columns: int = 2) -> None:
    """In a grid, in their order; a slow one does not hold up the others."""
    cells: list[DeltaGenerator] = []
    for start in range(0, len(panels), columns):
        cells += st.columns(columns)[: len(panels) - start]
    asked = wiring.submit(request for item in panels for request in _all(item))
    waiting = {index: {asked[request] for request in _all(item)} for index, item in
               enumerate(panels)}  # fmt: skip
    done: set[Future[QueryResult]] = set()
    ready = [index for index, futures in waiting.items() if not futures]
    for future in as_completed(asked.values()):
        done.add(future)
        ready += [index for index, futures in waiting.items() if futures and futures <= done]
        for index in ready:
            del waiting[index]
            results = {request: asked[request].result() for request in _all(panels[index])}
            with cells[index]:
                _panel(panels[index], results, view)
        ready = []


def _all(item: Panel) -> list[QueryRequest]:
    asked = [request for _, request in item.requests]
    if item.compare:
        asked += [_before(request) for request in asked]
    return asked


def _before(request: QueryRequest) -> QueryRequest:
    assert request.span is not None
    return QueryRequest(request.text, request.span.previous, request.at, request.source)


def _panel(item: Panel, results: dict[QueryRequest, QueryResult], view: ViewState) -> None:
    found = [
        _named(series, name or _only(series, item.title))
        for name, request in item.requests
        for series in results[request].series
    ]
    previous: list[Series] = []
    if item.compare:
        for name, request in item.requests:
            before = results[_before(request)]
            moved = shift(before.series, view.span.seconds)
            previous += [_named(series, name or _only(series, item.title)) for series in moved]
    newest = [results[request] for _, request in item.requests]
    show_chart_header(item, newest, found)
    failed = next((result.error for result in newest if result.error is not None), None)
    if failed is not None:
        _failed(failed, newest, found)
    if not any(np.isfinite(series.values).any() for series in found):
        if failed is None:
            text = NO_NUMBER if found and item.empty == NO_SERIES else item.empty
            st.info(f"**No data.** {text}")
        return
    if item.draw is not None:
        figure = item.draw(found, previous)
    else:
        figure = charts.lines(
            found, item.unit, zone=view.zone, threshold=item.threshold, previous=previous,
            marks=item.marks, span=view.span,
        )  # fmt: skip
    show_figure(figure, item.title, key=f"{item.key or item.title}:{view.key}", view=view)


def _failed(error: ConsoleError, results: Sequence[QueryResult], found: list[Series]) -> None:
    age = time.time() - min(result.fetched_at for result in results)
    kept = f" Below is what came {display.age(age)} ago." if found else ""
    if not error_once.is_new(error):
        st.caption(f"{REPEATED_ERROR}{kept}")
    elif isinstance(error, QueryRejected):
        st.warning(f"**Prometheus does not take this query.** {error.reason}")
    else:
        st.error(f"**Could not ask.** {error}{kept}")


def _only(series: Series, title: str) -> str:
    """A series without a label is what the chart is of, in its hover and its CSV."""
    return "" if any(series.labels.values()) else title


def _named(series: Series, name: str) -> Series:
    return Series({"": name}, series.times, series.values) if name else series


def show_chart_header(item: Panel, results: Sequence[QueryResult], found: list[Series]) -> None:
    """The title; behind a click its PromQL, what it means, its age and its numbers as CSV."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{item.title}**", width="content")
        with st.popover("PromQL", type="tertiary"):
            st.markdown(item.description)
            for _, request in item.requests:
                st.code(request.text, language="promql", wrap_lines=True)
            st.caption(_about(item, results, found))
            download(
                f"{item.title}.csv",
                lambda: samples_frame(found),
                key=f"csv:{item.key or item.title}",
            )


def _about(item: Panel, results: Sequence[QueryResult], found: list[Series]) -> str:
    samples = sum(series.values.size for series in found)
    parts = [
        f"Unit: {item.unit or 'none'}",
        f"{display.count(len(found))} series, {display.count(samples)} samples",
    ]
    span = item.requests[0][1].span
    if span is not None:
        parts.append(f"a sample each {display.age(span.step)}")
    if all(result.available for result in results):
        age = time.time() - min(result.fetched_at for result in results)
        parts.append(f"came {display.age(age)} ago")
    return " · ".join(parts)


def download(name: str, frame: Callable[[], pd.DataFrame], *, key: str) -> None:
    """A CSV that is made when somebody asks for it."""
    st.download_button(
        "CSV", lambda: to_csv(frame()), file_name=name.lower().replace(" ", "_"),
        mime="text/csv", on_click="ignore", key=key,
    )  # fmt: skip


def show_figure(
    figure: go.Figure,
    title: str,
    *,
    key: str,
    view: ViewState | None = None,
    alt: str | None = None,
) -> None:
    """A figure; where it has a time axis, a stretch that is drawn over becomes the page's time."""
    figure.update_layout(uirevision=key, separators=locale_numbers.separators())
    if st.context.theme.type == "dark":
        charts.adapt_to_dark(figure)
    if view is None:
        st.plotly_chart(figure, key=key, config={"displaylogo": False}, alt=alt or title)
        return
    figure.update_layout(dragmode="select", selectdirection="h")

    def picked() -> None:
        quantile_boxes = st.session_state[key]["selection"]["box"]
        if quantile_boxes:
            start, end = sorted(pd.Timestamp(str(edge)) for edge in quantile_boxes[0]["x"])
            moments = (edge.tz_localize(view.zone, ambiguous=True, nonexistent="shift_forward")
                       for edge in (start, end))  # fmt: skip
            zoom_into(*(edge.timestamp() for edge in moments))
            redraw_page()

    st.plotly_chart(
        figure, key=key, on_select=picked, selection_mode="box", alt=alt or title,
        config={"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "autoScale2d"]},
    )  # fmt: skip


def show_chart(figure: go.Figure, title: str, *, key: str, view: ViewState | None = None) -> None:
    """A figure under its title."""
    st.markdown(f"**{title}**")
    show_figure(figure, title, key=key, view=view)
