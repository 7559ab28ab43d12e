"""Overview: every model in one look: is it up, is it fast, is it right, does its input drift?"""

import streamlit as st

from console import wiring
from console.components import mapped_charts
from console.components.chart_panels import panel, show_panels
from console.components.model_picker import explain_no_models
from console.components.page_header import show_header
from console.components.refresh import auto_refresh
from console.components.source_state import show_query_errors
from console.components.view_state import ViewState
from console.formatting import display
from console.views.overview import (
    changes_panel,
    firing_alerts,
    fleet_queries,
    fleet_table,
    last_visit,
)
from console.views.overview.fleet_rows import Facts, worst_first
from promql import classifier, one_model

FLEET = (one_model.FLEET_REQUESTS, one_model.FLEET_P95)
# more lines are no picture; the table tells of any number
MOST_DRAWN = 7
CHARTS = (one_model.REQUEST_RATE, one_model.ERROR_RATIO, one_model.LATENCY_P95)


def render() -> None:
    opened = st.session_state.pop("open_model", None)
    if opened is not None:
        st.switch_page(f"views/{opened['page']}/page.py", query_params={"model": opened["model"]})
    view = show_header("Overview")
    seen = last_visit.last()
    auto_refresh(lambda: _models(view, seen), view.refresh_seconds)
    last_visit.remember()


def _models(view: ViewState, seen: float | None) -> None:
    models, result = wiring.models()
    if not models:
        show_query_errors(result)
        if result.error is None:
            explain_no_models()
        return
    facts, results = fleet_queries.facts(models, view)
    show_query_errors(result, *results)
    fleet_table.show(worst_first(facts), wiring.now())
    _evaluated(facts, min(item.fetched_at for item in (result, *results)), view.zone)
    firing_alerts.show()
    changes_panel.show(view, seen)
    of_their_own = [model for model in models if model.external is None]
    if 1 < len(of_their_own) <= MOST_DRAWN:
        # a line a model, from the queries that the table is made of
        show_panels([panel(query, view, {}) for query in FLEET], view)
    if len(models) == 1:
        if models[0].external is not None:
            show_panels(mapped_charts.build_panels(models[0], view), view)
            return
        labels = models[0].labels
        quality = one_model.RMSE if models[0].task in ("regression", "") else classifier.ROC_AUC
        charts = [panel(query, view, labels, compare=True) for query in (*CHARTS, quality)]
        show_panels(charts, view)


def _evaluated(facts: list[Facts], fetched_at: float, zone: str) -> None:
    never = [
        item.name for item in facts
        if item.evaluated_at != item.evaluated_at and item.up and "drift" not in item.gauges
    ]  # fmt: skip
    if never:
        named = ", ".join(never[:5]) + (f" and {len(never) - 5} more" if len(never) > 5 else "")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Never evaluated: {named}. Quality and drift are unknown.",
                       width="content")  # fmt: skip
            st.page_link("views/evaluate/page.py", label="Evaluate", icon=":material/play_arrow:")
    st.caption("Requests, errors and latency of the last minute; quality and drift of the last "
               f"published evaluation. Updated {display.moment(fetched_at, zone)}. Click a number "
               "for details.")  # fmt: skip


render()
