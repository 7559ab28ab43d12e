"""Explore: every metric with its meaning, and any PromQL as a table and a chart."""

import pandas as pd
import streamlit as st

from console import charts, frames, wiring
from console.errors import ConsoleError, QueryRejected
from console.widgets import keep_fresh, latest, show_chart, show_state, time_controls

EXAMPLE = "sum by (endpoint, status_code) (rate(api_requests_total[1m]))"
MOST_SERIES_DRAWN = 50
RATED = ("counter",)


def render() -> None:
    title, controls = st.columns([2, 3], vertical_alignment="bottom")
    title.title("Explore")
    with controls:
        seconds, refresh = time_controls()
    listed, asked = st.columns([2, 3], gap="medium")
    with listed:
        _metrics()
    with asked:
        query = st.text_area("PromQL", EXAMPLE, key="query", height=90, bind="query-params")
        kind = st.segmented_control(
            "Kind", ("Range", "Instant"), default="Range", key="kind", required=True,
            bind="query-params",
        )  # fmt: skip
        if query.strip():
            keep_fresh(lambda: _answer(query.strip(), kind == "Range", seconds), refresh)
        else:
            st.info("Write a query, or choose a metric on the left.")


def _metrics() -> None:
    found = latest("metrics", wiring.metrics)
    show_state(found)
    if found.value is None:
        return
    text = st.text_input("Filter metrics", key="filter", placeholder="name or meaning")
    frame = pd.DataFrame(
        [(m.name, m.type, m.help) for m in found.value], columns=["metric", "type", "help"]
    )
    if text:
        hit = frame.apply(lambda column: column.str.contains(text, case=False, regex=False))
        frame = frame[hit.any(axis=1)]
    st.caption(f"{len(frame)} of {len(found.value)} metrics. Click one to query it.")

    def choose() -> None:
        rows = st.session_state["metrics_table"]["selection"]["rows"]
        if rows:
            metric = frame.iloc[rows[0]]
            name = metric["metric"]
            rated = metric["type"] in RATED or name.endswith(("_bucket", "_count", "_sum"))
            st.session_state["query"] = f"rate({name}[1m])" if rated else name

    st.dataframe(
        frame, hide_index=True, height=520, key="metrics_table", on_select=choose,
        selection_mode="single-row",
    )  # fmt: skip


def _answer(query: str, over_time: bool, seconds: int) -> None:
    span = wiring.span(seconds)
    try:
        series = wiring.ranges((query,), span)[0] if over_time else wiring.instants((query,))[0]
    except QueryRejected as error:
        st.warning(f"**Prometheus does not take this query.** {error.words}")
        return
    except ConsoleError as error:
        st.error(f"**Could not ask.** {error}\n\nThis page tries again by itself.")
        return
    if not series:
        st.info("**No data.** Prometheus answered, and no series matches this query now.")
        return
    if over_time:
        drawn = series[:MOST_SERIES_DRAWN]
        if len(series) > len(drawn):
            st.caption(f"The first {len(drawn)} of {len(series)} series are drawn.")
        show_chart(charts.lines(drawn, ""), "Result", query=query, key="explore")
    frame = frames.table(series)
    st.dataframe(frame, hide_index=True, key="answer")
    st.download_button(
        "CSV", (frames.long(series) if over_time else frame).to_csv(index=False),
        file_name="query.csv", mime="text/csv", on_click="ignore", key="csv",
    )  # fmt: skip


render()
