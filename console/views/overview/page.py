"""Overview: every model in one look: is it up, is it fast, is it right, does its input drift?"""

import streamlit as st

from console import wiring
from console.components import mapped_charts
from console.components.chart_panels import panel, show_panels
from console.components.controls import Look, head, keep_fresh, no_models, show_answers
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
    look = head("Overview")
    seen = last_visit.last()
    keep_fresh(lambda: _models(look, seen), look.refresh)
    last_visit.remember()


def _models(look: Look, seen: float | None) -> None:
    models, answer = wiring.models()
    if not models:
        show_answers(answer)
        if answer.error is None:
            no_models()
        return
    facts, answers = fleet_queries.facts(models, look)
    show_answers(answer, *answers)
    fleet_table.show(worst_first(facts), wiring.now())
    _evaluated(facts, min(item.came_at for item in (answer, *answers)), look.zone)
    firing_alerts.show()
    changes_panel.show(look, seen)
    of_their_own = [model for model in models if model.served is None]
    if 1 < len(of_their_own) <= MOST_DRAWN:
        # a line a model, from the queries that the table is made of
        show_panels([panel(query, look, {}) for query in FLEET], look)
    if len(models) == 1:
        if models[0].served is not None:
            show_panels(mapped_charts.panels(models[0], look), look)
            return
        labels = models[0].labels
        quality = one_model.RMSE if models[0].task in ("regression", "") else classifier.ROC_AUC
        charts = [panel(query, look, labels, compare=True) for query in (*CHARTS, quality)]
        show_panels(charts, look)


def _evaluated(facts: list[Facts], came_at: float, zone: str) -> None:
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
               f"published evaluation. Updated {display.moment(came_at, zone)}. Click a number for "
               "details.")  # fmt: skip


render()
