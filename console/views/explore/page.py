"""Explore: all metrics with their descriptions, and any PromQL as a chart and a table."""

import streamlit as st

from console import charts, wiring
from console.components.chart_figure import show_figure
from console.components.chart_panels import Panel, show_chart_header, show_csv_download
from console.components.page_header import show_header
from console.components.refresh import auto_refresh
from console.components.source_state import show_query_errors
from console.components.view_state import ViewState
from console.errors import QueryRejected
from console.formatting import display, tables
from console.series import latest_values, samples_frame
from console.views.explore import metric_list, saved_queries

EXAMPLE = "sum by (endpoint, status_code) (rate(api_requests_total[1m]))"
MAX_SERIES_DRAWN = 50
MAX_SERIES_LISTED = 1000


def render() -> None:
    view = show_header("Explore")
    list_column, query_column = st.columns([2, 3], gap="medium")
    with query_column:
        query = st.text_area("PromQL", EXAMPLE, key="query", height=90, bind="query-params").strip()
        with st.container(horizontal=True, vertical_alignment="center"):
            kind = st.segmented_control(
                "Kind", ("Range", "Instant"), default="Range", key="kind", required=True,
                bind="query-params", label_visibility="collapsed",
            )  # fmt: skip
            saved_queries.show_controls(query)
        if query:
            auto_refresh(lambda: _show_answer(query, kind == "Range", view), view.refresh_seconds)
        else:
            st.info("Write a query, or choose a metric on the left.")
    with list_column:
        metric_list.show()


def _show_answer(query: str, over_time: bool, view: ViewState) -> None:
    request = wiring.build_request(query, {}, view.span if over_time else None)
    answer = wiring.submit([request])[request].result()
    if isinstance(answer.error, QueryRejected):
        st.warning(f"**Query rejected.** Prometheus says: {answer.error.reason}")
        return
    show_query_errors(answer)
    if not answer.available:
        return
    saved_queries.remember(query)
    series = answer.series
    if not series:
        st.info("**No data.** No series matches this query.")
        return
    panel = Panel("Result", "", "The result of your query.", [("", request)])
    drawn = series[:MAX_SERIES_DRAWN]
    show_chart_header(panel, [answer], series)
    if len(series) > len(drawn):
        st.caption(f"The first {len(drawn)} of {display.count(len(series))} series are drawn.")
    if over_time:
        figure = charts.lines(drawn, "", zone=view.zone, span=view.span)
        show_figure(figure, "Result", key=f"explore:{view.key}", view=view)
    frame = latest_values(series)
    first_rows = frame.head(MAX_SERIES_LISTED)
    st.dataframe(
        tables.format_columns(first_rows, {"value": tables.digits(6)}),
        hide_index=True,
        key="answer",
    )
    if len(first_rows) < len(frame):
        st.caption(
            f"The table has the first {display.count(len(first_rows))}; the CSV has all of them."
        )
    st.caption(f"{display.count(len(series))} series, newest value of each. Queried at "
               f"{display.moment(answer.fetched_at, view.zone)}.")  # fmt: skip
    show_csv_download("query.csv", lambda: samples_frame(series) if over_time else frame, key="csv")


render()
