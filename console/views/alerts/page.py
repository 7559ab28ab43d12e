"""Alerts: the state of all rules, their history, silences, a backtest and a test alert."""

import streamlit as st
from plotly.graph_objects import Figure

from console import charts, wiring
from console.components.alert_timeline import intervals
from console.components.chart_panels import Panel, show_panels
from console.components.controls import Look, head, keep_fresh, pick_model
from console.series import Series
from console.views.alerts import backtest_panel, rules, silences, test_alert_panel
from console.wiring import evaluations as own
from promql import one_model

VIEWS = ("Now", "History", "Silences", "Backtest", "Test fire")


def render() -> None:
    look = head("Alerts")
    view = st.segmented_control(
        "Show", VIEWS, default=VIEWS[0], key="alerts_view", required=True, bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if view == "Now":
        keep_fresh(rules.show, look.refresh)
    elif view == "History":
        keep_fresh(lambda: _show_history(look), look.refresh)
    elif view == "Silences":
        keep_fresh(silences.show, look.refresh)
    elif view == "Backtest":
        keep_fresh(lambda: backtest_panel.show(look), None)
    else:
        model = pick_model()
        if model is not None and own.evaluates(model):
            st.info(
                f"**No test alert for {model.name}.** A test alert publishes a synthetic "
                "evaluation, which needs a service with `/evaluations`. This service has none."
            )
        elif model is not None:
            test_alert_panel.show(model)


def _show_history(look: Look) -> None:
    span = look.span

    def draw(series: list[Series], _previous: list[Series]) -> Figure:
        return charts.intervals(intervals(series, span.step), span, zone=look.zone)

    query = one_model.ALERTS_OVER_TIME
    question = wiring.question(query, {}, span, window=f"{span.step}s")
    panel = Panel(
        "Pending and firing", "", query.description, [("", question)],
        draw=draw, empty="No alert was pending or firing in this time range.",
    )  # fmt: skip
    show_panels([panel], look, columns=1)


render()
