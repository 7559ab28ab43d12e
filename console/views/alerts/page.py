"""Alerts: the state of all rules, their history, silences, a backtest and a test alert."""

import streamlit as st
from plotly.graph_objects import Figure

from console import charts, wiring
from console.components.alert_timeline import intervals
from console.components.chart_panels import Panel, show_panels
from console.components.model_picker import select_model
from console.components.page_header import show_header
from console.components.refresh import auto_refresh
from console.components.view_state import ViewState
from console.series import Series
from console.views.alerts import backtest_panel, rules, silences, test_alert_panel
from console.wiring import evaluations
from promql import alert_series

SECTIONS = ("Now", "History", "Silences", "Backtest", "Test fire")


def render() -> None:
    view = show_header("Alerts")
    section = st.segmented_control(
        "Show", SECTIONS, default=SECTIONS[0], key="alerts_view", required=True,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if section == "Now":
        auto_refresh(rules.show, view.refresh_seconds)
    elif section == "History":
        auto_refresh(lambda: _show_history(view), view.refresh_seconds)
    elif section == "Silences":
        auto_refresh(silences.show, view.refresh_seconds)
    elif section == "Backtest":
        auto_refresh(lambda: backtest_panel.show(view), None)
    else:
        model = select_model()
        if model is not None and evaluations.evaluates(model):
            st.info(
                f"**No test alert for {model.name}.** A test alert publishes a synthetic "
                "evaluation, which needs a service with `/evaluations`. This service has none."
            )
        elif model is not None:
            test_alert_panel.show(model)


def _show_history(view: ViewState) -> None:
    span = view.span

    def draw(series: list[Series], _previous: list[Series]) -> Figure:
        return charts.intervals(intervals(series, span.step), span, zone=view.zone)

    query = alert_series.ALERTS_OVER_TIME
    request = wiring.build_request(query, {}, span, window=f"{span.step}s")
    panel = Panel(
        "Pending and firing", "", query.description, [("", request)],
        draw=draw, empty="No alert was pending or firing in this time range.",
    )  # fmt: skip
    show_panels([panel], view, columns=1)


render()
