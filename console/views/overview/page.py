"""Overview: all models with their state, traffic, quality, drift and alerts."""

import streamlit as st

from console import wiring
from console.components import mapped_charts
from console.components.chart_panels import panel, show_panels
from console.components.model_picker import explain_no_models
from console.components.page_header import show_header
from console.components.refresh import auto_refresh
from console.components.source_state import show_query_errors
from console.components.view_state import ViewState
from console.views.overview import (
    changes_panel,
    evaluation_notes,
    firing_alerts,
    fleet_queries,
    fleet_table,
    last_visit,
)
from console.views.overview.fleet_rows import sort_worst_first
from promql import by_model, classifier, latency, quality, traffic

FLEET_CHARTS = (by_model.REQUEST_RATE, by_model.LATENCY_P95)
# a chart with more lines is hard to read; the table shows any number of models
MAX_LINES = 7
CHARTS = (traffic.REQUEST_RATE, traffic.ERROR_RATIO, latency.LATENCY_P95)
# the main score of each task
SCORES = {"binary": classifier.ROC_AUC, "multiclass": classifier.ACCURACY}


def render() -> None:
    target = st.session_state.pop("open_model", None)
    if target is not None:
        st.switch_page(f"views/{target['page']}/page.py", query_params={"model": target["model"]})
    view = show_header("Overview")
    last_visit_at = last_visit.read_last_visit()
    auto_refresh(lambda: _show_models(view, last_visit_at), view.refresh_seconds)
    last_visit.remember()


def _show_models(view: ViewState, last_visit_at: float | None) -> None:
    models, result = wiring.models()
    if not models:
        show_query_errors(result)
        if result.error is None:
            explain_no_models()
        return
    facts, results = fleet_queries.collect_facts(models, view)
    show_query_errors(result, *results)
    fleet_table.show(sort_worst_first(facts), wiring.now())
    evaluation_notes.show(facts, min(item.fetched_at for item in (result, *results)), view.zone)
    firing_alerts.show()
    changes_panel.show(view, last_visit_at)
    reporting = [model for model in models if model.external is None]
    if 1 < len(reporting) <= MAX_LINES:
        # one line for each model, from the queries of the table
        show_panels([panel(query, view, {}) for query in FLEET_CHARTS], view)
    if len(models) == 1:
        if models[0].external is not None:
            show_panels(mapped_charts.build_panels(models[0], view), view)
            return
        labels = models[0].labels
        score = SCORES.get(models[0].task, quality.RMSE)
        charts = [panel(query, view, labels, compare=True) for query in (*CHARTS, score)]
        show_panels(charts, view)


render()
