"""Explore: all metrics with their descriptions, and any PromQL as a chart and a table."""

import streamlit as st

from console import charts, wiring
from console import series as frames
from console.components.chart_panels import Panel, download, show_figure, show_head
from console.components.controls import Look, head, keep_fresh, show_answers
from console.errors import QueryRejected
from console.formatting import display, tables
from console.views.explore import metric_list, saved_queries

EXAMPLE = "sum by (endpoint, status_code) (rate(api_requests_total[1m]))"
MOST_SERIES_DRAWN = 50
MOST_SERIES_LISTED = 1000


def render() -> None:
    look = head("Explore")
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
            keep_fresh(lambda: _show_answer(query, kind == "Range", look), look.refresh)
        else:
            st.info("Write a query, or choose a metric on the left.")
    with list_column:
        metric_list.show()


def _show_answer(query: str, over_time: bool, look: Look) -> None:
    question = wiring.question(query, {}, look.span if over_time else None)
    answer = wiring.ask([question])[question].result()
    if isinstance(answer.error, QueryRejected):
        st.warning(f"**Prometheus rejected this query.** {answer.error.words}")
        return
    show_answers(answer)
    if not answer.known:
        return
    saved_queries.remember(query)
    series = answer.series
    if not series:
        st.info("**No data.** No series matches this query.")
        return
    panel = Panel("Result", "", "The result of your query.", [("", question)])
    drawn = series[:MOST_SERIES_DRAWN]
    show_head(panel, [answer], series)
    if len(series) > len(drawn):
        st.caption(f"The first {len(drawn)} of {display.count(len(series))} series are drawn.")
    if over_time:
        figure = charts.lines(drawn, "", zone=look.zone, span=look.span)
        show_figure(figure, "Result", key=f"explore:{look.key}", look=look)
    frame = frames.table(series)
    first_rows = frame.head(MOST_SERIES_LISTED)
    st.dataframe(
        tables.written(first_rows, {"value": tables.digits(6)}), hide_index=True, key="answer"
    )
    if len(first_rows) < len(frame):
        st.caption(
            f"The table has the first {display.count(len(first_rows))}; the CSV has all of them."
        )
    st.caption(f"{display.count(len(series))} series, newest value of each. Queried at "
               f"{display.moment(answer.came_at, look.zone)}.")  # fmt: skip
    download("query.csv", lambda: frames.long(series) if over_time else frame, key="csv")


render()
