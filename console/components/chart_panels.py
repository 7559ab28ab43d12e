"""Shows the charts of a page: all queries run in parallel, each chart appears when it is ready."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from console import charts, wiring
from console.adapters.query_cache import QueryRequest, QueryResult
from console.components import error_once
from console.components.chart_figure import show_figure
from console.components.source_state import REPEATED_ERROR
from console.components.view_state import ViewState
from console.errors import ConsoleError, QueryRejected
from console.formatting import display
from console.series import Series, samples_frame, shift, to_csv

NO_SERIES = "No series matches in this time range."
NO_NUMBER = "The series in this time range have no numbers."
Draw = Callable[[list[Series], list[Series]], go.Figure]
Results = dict[QueryRequest, QueryResult]


@dataclass(frozen=True)
class Panel:
    """A chart of some requests, each with the name of its series; "" keeps their labels.

    `series_labels` are the labels that tell series apart; by default all of them, or none for
    series with a name. If `compare` is set, the chart shows the previous period behind. `draw` gets
    the series and those of the previous period; by default they are lines. `empty` is shown without
    any data.
    """

    title: str
    unit: str
    description: str
    requests: Sequence[tuple[str, QueryRequest]]
    series_labels: Sequence[str] = ()
    compare: bool = False
    threshold: float | None = None
    marks: Sequence[charts.Mark] = ()
    draw: Draw | None = None
    empty: str = NO_SERIES
    key: str = ""


def panel(query: Any, view: ViewState, labels: Any, **options: Any) -> Panel:
    """Build a panel of one query of the catalogue."""
    request = wiring.build_request(query, labels, view.span)
    return Panel(query.title, query.unit, query.description, [("", request)], **options)


def show_panels(panels: Sequence[Panel], view: ViewState, columns: int = 2) -> None:
    """Show panels in a grid, in their order; a slow query does not delay the other panels."""
    cells: list[DeltaGenerator] = []
    for start in range(0, len(panels), columns):
        cells += st.columns(columns)[: len(panels) - start]
    requests = [_all_requests(item) for item in panels]
    futures = wiring.submit(request for group in requests for request in group)
    waiting = {
        index: {futures[request] for request in group} for index, group in enumerate(requests)
    }
    done: set[Future[QueryResult]] = set()
    ready = [index for index, pending in waiting.items() if not pending]
    for future in as_completed(futures.values()):
        done.add(future)
        ready += [index for index, pending in waiting.items() if pending and pending <= done]
        for index in ready:
            del waiting[index]
            results = {request: futures[request].result() for request in requests[index]}
            with cells[index]:
                _show_panel(panels[index], results, view)
        ready = []


def _all_requests(item: Panel) -> list[QueryRequest]:
    requests = [request for _, request in item.requests]
    if item.compare:
        requests += [_previous_request(request) for request in requests]
    return requests


def _previous_request(request: QueryRequest) -> QueryRequest:
    assert request.span is not None
    return QueryRequest(request.text, request.span.previous, request.at, request.source)


def _show_panel(item: Panel, results: Results, view: ViewState) -> None:
    series = _collect_series(item, results)
    current = [results[request] for _, request in item.requests]
    show_chart_header(item, current, series)
    error = next((result.error for result in current if result.error is not None), None)
    if error is not None:
        _show_error(error, current, series)
    if not any(np.isfinite(entry.values).any() for entry in series):
        if error is None:
            text = NO_NUMBER if series and item.empty == NO_SERIES else item.empty
            st.info(f"**No data.** {text}")
        return
    previous = _collect_previous(item, results, view.span.seconds)
    if item.draw is not None:
        figure = item.draw(series, previous)
    else:
        figure = charts.lines(
            series, item.unit, zone=view.zone, threshold=item.threshold, previous=previous,
            marks=item.marks, span=view.span,
        )  # fmt: skip
    show_figure(figure, item.title, key=f"{item.key or item.title}:{view.key}", view=view)


def _collect_series(item: Panel, results: Results) -> list[Series]:
    return [
        _named(series, name, item)
        for name, request in item.requests
        for series in results[request].series
    ]


def _collect_previous(item: Panel, results: Results, seconds: float) -> list[Series]:
    """Return the series of the previous period, shifted to the current one."""
    if not item.compare:
        return []
    return [
        _named(series, name, item)
        for name, request in item.requests
        for series in shift(results[_previous_request(request)].series, seconds)
    ]


def _named(series: Series, name: str, item: Panel) -> Series:
    """Return the series with the name; a series without labels gets the title of its chart."""
    name = name or ("" if any(series.labels.values()) else item.title)
    labels = {label: series.labels[label] for label in item.series_labels if label in series.labels}
    if name:
        labels = {"": name, **labels}
    return Series(labels, series.times, series.values) if labels else series


def _show_error(error: ConsoleError, results: Sequence[QueryResult], series: list[Series]) -> None:
    age = time.time() - min(result.fetched_at for result in results)
    older = f" The data below is {display.age(age)} old." if series else ""
    if not error_once.is_new(error):
        st.caption(f"{REPEATED_ERROR}{older}")
    elif isinstance(error, QueryRejected):
        st.warning(f"**Query rejected.** Prometheus says: {error.reason}")
    else:
        st.error(f"**Request failed.** {error}{older}")


def show_chart_header(item: Panel, results: Sequence[QueryResult], series: list[Series]) -> None:
    """Show the title, and a popover with the PromQL, its meaning, its age and a CSV download."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{item.title}**", width="content")
        with st.popover("PromQL", type="tertiary"):
            st.markdown(item.description)
            for _, request in item.requests:
                st.code(request.text, language="promql", wrap_lines=True)
            st.caption(_describe(item, results, series))
            key = f"csv:{item.key or item.title}"
            show_csv_download(f"{item.title}.csv", lambda: samples_frame(series), key=key)


def _describe(item: Panel, results: Sequence[QueryResult], series: list[Series]) -> str:
    samples = sum(item.values.size for item in series)
    parts = [
        f"Unit: {item.unit or 'none'}",
        f"{display.count(len(series))} series, {display.count(samples)} samples",
    ]
    span = item.requests[0][1].span
    if span is not None:
        parts.append(f"a sample every {display.age(span.step)}")
    if all(result.available for result in results):
        age = time.time() - min(result.fetched_at for result in results)
        parts.append(f"queried {display.age(age)} ago")
    return " · ".join(parts)


def show_csv_download(name: str, frame: Callable[[], pd.DataFrame], *, key: str) -> None:
    """Show a button for a CSV file, which is built when a person clicks it."""
    st.download_button(
        "CSV", lambda: to_csv(frame()), file_name=name.lower().replace(" ", "_"),
        mime="text/csv", on_click="ignore", key=key,
    )  # fmt: skip
