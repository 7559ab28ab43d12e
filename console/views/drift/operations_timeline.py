"""Shows drift and operations (deployments, latency, errors, alerts) on one timeline."""

import streamlit as st
from plotly.graph_objects import Figure

from console import charts, wiring
from console.charts.operations import Strip, strips
from console.components.alert_timeline import intervals
from console.components.chart_panels import Panel, show_panels
from console.components.view_state import ViewState
from console.models.discovery import Model
from console.series import Series
from promql import alert_series, classifier, drift, latency, quality, traffic, versions
from promql.query import Query

# queries without series are not drawn, such as the score of the other task
QUERIES = (
    drift.DRIFT_SHARE, quality.RMSE, classifier.ROC_AUC, traffic.REQUEST_RATE,
    traffic.ERROR_RATIO, latency.LATENCY_P95,
)  # fmt: skip
MAX_MARKS = 12


def find_deployments(series_list: list[Series], start: float, step: float) -> list[charts.Mark]:
    """Return a mark for every version that first appears after the start."""
    new_versions = [
        series for series in series_list if series.times.size and series.times[0] > start + step
    ]
    marks = [
        charts.Mark(float(series.times[0]), f"version {series.labels['version'][:8]}")
        for series in new_versions
    ]
    return sorted(marks, key=lambda mark: mark.moment)[-MAX_MARKS:]


def show(model: Model, view: ViewState) -> None:
    """Show the timeline of a model."""
    span, labels = view.span, model.labels
    alerts = wiring.build_request(
        alert_series.ALERTS_OVER_TIME, labels, span, window=f"{span.step}s"
    )
    queries: tuple[Query, ...] = QUERIES
    source = None
    if model.external is not None:
        queries = tuple(item.as_query() for item in model.external.queries)
        source = wiring.source_name_of(model.external)
    requests = [
        (query.title, wiring.build_request(query, labels, span, source_name=source))
        for query in queries
    ]
    requests += [("", wiring.build_request(versions.VERSIONS, labels, span)), ("", alerts)]

    def draw(series: list[Series], _previous: list[Series]) -> Figure:
        rows = [
            Strip(query.title, query.unit, [item for item in series if item.name == query.title])
            for query in queries
        ]
        visible_rows = [row for row in rows if row.series]
        bars = intervals([item for item in series if "alertname" in item.labels], span.step)
        versions = [item for item in series if "version" in item.labels]
        return strips(
            visible_rows, bars, find_deployments(versions, span.start, span.step), span, view.zone
        )

    description = "Drift, model quality, traffic, latency, alerts and deployments on one time axis."
    show_panels(
        [Panel("Drift and operations", "", description, requests, draw=draw)], view, columns=1
    )
    st.caption("Dashed lines are deployments. Orange bars are alerts, hatched while pending.")
