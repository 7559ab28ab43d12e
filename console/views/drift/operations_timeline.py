"""Shows drift and operations (deployments, latency, errors, alerts) on one timeline."""

import streamlit as st
from plotly.graph_objects import Figure

from console import charts, wiring
from console.charts.operations import Row, strips
from console.components.alert_timeline import intervals
from console.components.chart_panels import Panel, show_panels
from console.components.controls import Look
from console.models.discovery import Model
from console.series import Series
from promql import classifier, one_model
from promql.one_model import Query

# queries without series are not drawn, such as the score of the other task
QUERIES = (
    one_model.DRIFT_SHARE, one_model.RMSE, classifier.ROC_AUC, one_model.REQUEST_RATE,
    one_model.ERROR_RATIO, one_model.LATENCY_P95,
)  # fmt: skip
MOST_MARKS = 12


def find_deployments(series_list: list[Series], start: float, step: float) -> list[charts.Mark]:
    """Return a mark for every version that first appears after the start."""
    new_versions = [
        series for series in series_list if series.times.size and series.times[0] > start + step
    ]
    marks = [
        charts.Mark(float(series.times[0]), f"version {series.labels['version'][:8]}")
        for series in new_versions
    ]
    return sorted(marks, key=lambda mark: mark.moment)[-MOST_MARKS:]


def show(model: Model, look: Look) -> None:
    """Show the timeline of a model."""
    span, labels = look.span, model.labels
    alerts = wiring.question(one_model.ALERTS_OVER_TIME, labels, span, window=f"{span.step}s")
    queries: tuple[Query, ...] = QUERIES
    source = None
    if model.served is not None:
        queries = tuple(item.as_query() for item in model.served.queries)
        source = wiring.source_of(model.served)
    questions = [
        (query.title, wiring.question(query, labels, span, of=source)) for query in queries
    ]
    questions += [("", wiring.question(one_model.VERSIONS, labels, span)), ("", alerts)]

    def draw(series: list[Series], _previous: list[Series]) -> Figure:
        rows = [
            Row(query.title, query.unit, [item for item in series if item.name == query.title])
            for query in queries
        ]
        visible_rows = [row for row in rows if row.series]
        bars = intervals([item for item in series if "alertname" in item.labels], span.step)
        versions = [item for item in series if "version" in item.labels]
        return strips(
            visible_rows, bars, find_deployments(versions, span.start, span.step), span, look.zone
        )

    description = "Drift, model quality, traffic, latency, alerts and deployments on one time axis."
    show_panels(
        [Panel("Drift and operations", "", description, questions, draw=draw)], look, columns=1
    )
    st.caption("Dashed lines are deployments. Orange bars are alerts, hatched while pending.")
