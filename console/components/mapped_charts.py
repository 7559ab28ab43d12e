"""The charts of a model in models.toml, from its mapped queries."""

import streamlit as st
from plotly.graph_objects import Figure

from console import charts, wiring
from console.adapters.query_cache import QueryRequest
from console.components.chart_panels import Panel, show_panels
from console.components.view_state import ViewState
from console.mapping.queries import BucketQuery, bucket_query, percentile_queries, route_query
from console.mapping.role_queries import ROLES, Role
from console.models.discovery import Model
from console.models.external import MappedQuery
from console.series import Series
from promql.query import Query

NO_SERIES = (
    "No series matches in this time. The service may have had no requests: send one and wait for "
    "two scrapes."
)
NO_HEATMAP = (
    "**No latency heatmap.** It needs a histogram: map the latency to one on the page Add a model."
)


def build_panels(model: Model, view: ViewState) -> list[Panel]:
    """Build a panel for every mapped query."""
    return [_mapped_panel(query, model, view) for role in ROLES for query in _queries(model, role)]


def show_traffic(model: Model, view: ViewState) -> None:
    """Show requests, errors and latency, and percentiles, routes and a heatmap if possible."""
    requests, errors, latency = (
        _queries(model, role) for role in ("requests", "errors", "latency")
    )
    panels = [_mapped_panel(query, model, view) for query in (*requests, *errors, *latency)]
    if requests:
        routes = route_query(requests[0].as_query(), errors[0].as_query() if errors else None)
        if routes is not None:
            panels.append(_panel(routes, model, view, compare=False))
    if latency:
        panels += _latency_panels(latency[0].as_query(), model, view)
    show_panels(panels, view)
    for role, queries in (("requests", requests), ("errors", errors), ("latency", latency)):
        if not queries:
            st.info(f"**No query for {role}.** Map a metric on the page Add a model.")
    if latency and bucket_query(latency[0].as_query()) is None:
        st.info(NO_HEATMAP)
    st.caption("Service level objectives need the metrics of Belvedere's model service. Change the "
               "mapped metrics on the page Add a model.")  # fmt: skip


def show_gauges(model: Model, role: Role, view: ViewState) -> None:
    """Show the gauges of quality or drift that the service itself exposes."""
    queries = _queries(model, role)
    if queries:
        show_panels([_mapped_panel(query, model, view) for query in queries], view)
        st.caption("As the service exposes it. The console does not know its thresholds.")


def _queries(model: Model, role: Role) -> tuple[MappedQuery, ...]:
    return model.external.queries_for(role) if model.external is not None else ()


def _mapped_panel(query: MappedQuery, model: Model, view: ViewState) -> Panel:
    return _panel(query.as_query(), model, view, compare=True)


def _panel(query: Query, model: Model, view: ViewState, *, compare: bool) -> Panel:
    requests = [("", _request(query, model, view))]
    return Panel(
        query.title, query.unit, query.description, requests, compare=compare, empty=NO_SERIES,
        key=f"{model.name}:{query.title}:{query.template}",
    )  # fmt: skip


def _request(query: Query, model: Model, view: ViewState) -> QueryRequest:
    source = None if model.external is None else wiring.source_name_of(model.external)
    return wiring.build_request(query, model.labels, view.span, source_name=source)


def _latency_panels(query: Query, model: Model, view: ViewState) -> list[Panel]:
    """Build a panel of the percentiles and a heatmap, if the query reads a histogram."""
    panels = []
    percentiles = percentile_queries(query)
    if len(percentiles) > 1:
        requests = [(name, _request(item, model, view)) for name, item in percentiles.items()]
        panels.append(Panel("Latency", query.unit, query.description, requests, empty=NO_SERIES))
    buckets = bucket_query(query)
    if buckets is not None:
        panels.append(_heatmap(buckets, model, view))
    return panels


def _heatmap(buckets: BucketQuery, model: Model, view: ViewState) -> Panel:
    def draw(series: list[Series], _previous: list[Series]) -> Figure:
        in_seconds = [
            Series({**item.labels, "le": _bound(item, buckets.seconds)}, item.times, item.values)
            for item in series
        ]
        return charts.heatmap(in_seconds, zone=view.zone)

    query = buckets.query
    requests = [("", _request(query, model, view))]
    return Panel(query.title, query.unit, query.description, requests, draw=draw, empty=NO_SERIES)


def _bound(series: Series, seconds: float) -> str:
    """Return the upper bound of a bucket in seconds."""
    return str(float(series.labels["le"]) * seconds) if seconds != 1 else series.labels["le"]
