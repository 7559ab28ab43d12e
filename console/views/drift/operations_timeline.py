"""Drift and operations on one timeline: deploys, latency, errors and alerts stand together."""

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

# a model has the one score or the other; what it has not is no strip
STRIPS = (
    one_model.DRIFT_SHARE, one_model.RMSE, classifier.ROC_AUC, one_model.REQUEST_RATE,
    one_model.ERROR_RATIO, one_model.LATENCY_P95,
)  # fmt: skip
MOST_SHOWN_MARKS = 12


def deploys(found: list[Series], start: float, step: float) -> list[charts.Mark]:
    """A mark where a version of the model appears; what was there at the start is none."""
    fresh = [series for series in found if series.times.size and series.times[0] > start + step]
    marks = [
        charts.Mark(float(series.times[0]), f"version {series.labels['version'][:8]}")
        for series in fresh
    ]
    return sorted(marks, key=lambda mark: mark.moment)[-MOST_SHOWN_MARKS:]


def show(model: Model, look: Look) -> None:
    span, labels = look.span, model.labels
    alerts = wiring.question(one_model.ALERTS_OVER_TIME, labels, span, window=f"{span.step}s")
    strips_of: tuple[Query, ...] = STRIPS
    source = None
    if model.served is not None:
        strips_of = tuple(item.as_query() for item in model.served.queries)
        source = wiring.source_of(model.served)
    questions = [(it.title, wiring.question(it, labels, span, of=source)) for it in strips_of]
    questions += [("", wiring.question(one_model.VERSIONS, labels, span)), ("", alerts)]

    def draw(found: list[Series], _before: list[Series]) -> Figure:
        rows = [
            Row(query.title, query.unit, [item for item in found if item.name == query.title])
            for query in strips_of
        ]
        shown = [row for row in rows if row.series]
        bars = intervals([item for item in found if "alertname" in item.labels], span.step)
        versions = [item for item in found if "version" in item.labels]
        return strips(shown, bars, deploys(versions, span.start, span.step), span, look.zone)

    text = "Drift, model quality, traffic, latency, alerts and deployments on one time axis."
    show_panels([Panel("Drift and operations", "", text, questions, draw=draw)], look, columns=1)
    st.caption("Dashed lines are deployments. Orange bars are alerts, hatched while pending.")
