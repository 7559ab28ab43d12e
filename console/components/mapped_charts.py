"""The charts of a model that others serve, by the queries that are kept of it."""

import streamlit as st
from plotly.graph_objects import Figure

from console import charts, wiring
from console.adapters.query_cache import QueryRequest
from console.components.chart_panels import Panel, show_panels
from console.components.view_state import ViewState
from console.mapping import queries as mapped
from console.mapping.propose import Role
from console.models.discovery import Model
from console.models.models_file import MappedQuery
from console.series import Series
from promql.query import Query

ASIDE = ("requests", "errors", "latency", "quality", "drift")
EMPTY = "Prometheus answered, and no series matches in this time: was the service asked anything?"


def build_panels(model: Model, view: ViewState) -> list[Panel]:
    """A chart of every query that is kept."""
    return [_panel(item, model, view) for role in ASIDE for item in _of(model, role)]


def show_traffic(model: Model, view: ViewState) -> None:
    """Requests, errors and latency; percentiles, routes, a heatmap where metrics have them."""
    requests, errors, latency = (_of(model, role) for role in ("requests", "errors", "latency"))
    shown = [_panel(item, model, view) for item in (*requests, *errors, *latency)]
    if requests:
        split = mapped.by_route(requests[0].as_query(), errors[0].as_query() if errors else None)
        if split is not None:
            shown.append(_of_query(split, model, view, compare=False))
    roles = {"requests": requests, "errors": errors, "latency": latency}
    said = [f"No query for **{role}** is mapped." for role, found in roles.items() if not found]
    if latency:
        query = latency[0].as_query()
        quantiles = mapped.quantiles(query)
        if len(quantiles) > 1:
            asked = [(name, _question(item, model, view)) for name, item in quantiles.items()]
            shown.append(Panel("Latency", query.unit, query.description, asked, empty=EMPTY))
        buckets = mapped.buckets(query)
        if buckets is not None:
            shown.append(_heatmap(buckets, model, view))
        else:
            said.append(
                "No heatmap of the latency: it is read from a summary, a gauge or PromQL of your "
                "own, and only the buckets of a histogram tell how the times are distributed."
            )
    show_panels(shown, view)
    for text in said:
        st.info(text)
    st.caption("No service level objectives here: their burn rates need the metrics of our API. "
               "What is mapped can be changed on the page Add a model.")  # fmt: skip


def show_gauges(model: Model, role: Role, view: ViewState) -> None:
    """The gauges of quality or drift that the service itself exposes."""
    found = _of(model, role)
    if found:
        show_panels([_panel(item, model, view) for item in found], view)
        st.caption("As its service exposes it; the console does not know its thresholds.")


def _of(model: Model, role: str) -> tuple[MappedQuery, ...]:
    queries = model.external.queries if model.external is not None else ()
    return tuple(item for item in queries if item.role == role)


def _panel(item: MappedQuery, model: Model, view: ViewState) -> Panel:
    return _of_query(item.as_query(), model, view, compare=True)


def _of_query(query: Query, model: Model, view: ViewState, *, compare: bool) -> Panel:
    asked = [("", _question(query, model, view))]
    return Panel(
        query.title, query.unit, query.description, asked, compare=compare, empty=EMPTY,
        key=f"{model.name}:{query.title}:{query.template}",
    )  # fmt: skip


def _question(query: Query, model: Model, view: ViewState) -> QueryRequest:
    source = None if model.external is None else wiring.source_name_of(model.external)
    return wiring.build_request(query, model.labels, view.span, source_name=source)


def _heatmap(buckets: mapped.Buckets, model: Model, view: ViewState) -> Panel:
    def draw(found: list[Series], _before: list[Series]) -> Figure:
        in_seconds = [
            Series({**it.labels, "le": _bound(it, buckets.seconds)}, it.times, it.values)
            for it in found
        ]
        return charts.heatmap(in_seconds, zone=view.zone)

    query = buckets.query
    asked = [("", _question(query, model, view))]
    return Panel(query.title, query.unit, query.description, asked, draw=draw, empty=EMPTY)


def _bound(series: Series, seconds: float) -> str:
    """The upper bound of a bucket in seconds."""
    return str(float(series.labels["le"]) * seconds) if seconds != 1 else series.labels["le"]
