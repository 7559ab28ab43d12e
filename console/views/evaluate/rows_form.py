"""The choice of current rows: a named period, or hours, rows or an interval of the log."""

from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from console import wiring
from console.adapters.model_service import ModelService
from console.components.source_state import fetch_with_fallback
from console.components.view_state import time_zone
from console.formatting import display
from console.models.discovery import Model
from console.series import single_value
from console.views.evaluate import request
from promql import ground_truth, predictions

HOURS, ROWS, INTERVAL = "Last hours", "Last rows", "From, to"
ARRIVAL, EVENT = "arrival", "event"
CLOCKS = {ARRIVAL: "when they arrived", EVENT: "the time in the row"}


def choose_period(service: ModelService, label: str, key: str) -> dict[str, Any] | None:
    """Show the choice of a period that the service knows, and return it as a request."""
    result = fetch_with_fallback(f"windows:{service.url}", service.windows)
    if result.error is not None:
        # the page shows the error itself where it lists the evaluations of this service
        st.caption("The known periods could not be loaded. See the error below.")
    periods = {item["name"]: item for item in result.value or []}
    name = st.selectbox(
        label, list(periods), key=key, bind="query-params",
        format_func=lambda name: _write_period(periods[name]),
    )  # fmt: skip
    if not name:
        return None
    period = periods[name]
    rows = display.count(period["rows"])
    st.caption(f"{period['start']} to {period['end']}, {rows} rows with ground truth.")
    return {"window": name}


def _write_period(period: dict[str, Any]) -> str:
    return f"{period['title']} ({display.count(period['rows'])} rows)"


def choose_log_rows(model: Model) -> dict[str, Any] | None:
    """Show the choice of rows of the prediction log; None while it is incomplete."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Rows", (HOURS, ROWS, INTERVAL), default=HOURS, key="log_part", required=True,
            bind="query-params",
        )  # fmt: skip
        time = st.segmented_control(
            "Time", list(CLOCKS), default=ARRIVAL, key="clock", required=True, bind="query-params",
            format_func=lambda name: CLOCKS[name],
        )  # fmt: skip
    clock = {} if time == ARRIVAL else {"by": EVENT}
    if kind == ROWS:
        rows = st.number_input("Number of newest rows", 1, 10_000_000, 1000, 100, key="rows",
                               width=260, bind="query-params")  # fmt: skip
        return {"last_rows": int(rows), **clock}
    if kind == INTERVAL:
        interval = choose_interval("rows", "UTC" if clock else time_zone())
        return None if interval is None else {"interval": interval, **clock}
    hours = st.number_input(
        "Hours up to now" if not clock else "Hours up to the newest row",
        0.05, 8784.0, 1.0, key="hours", width=260, bind="query-params",
    )  # fmt: skip
    if not clock:
        _show_row_count(model, hours)
    return {"last_hours": hours, **clock}


def choose_interval(key: str, zone_name: str) -> dict[str, str] | None:
    """Show the choice of an interval, where one end may be open; None while it is not valid."""
    with st.container(horizontal=True):
        ends: list[datetime | None] = [
            st.datetime_input(
                f"{label} ({zone_name})", None, datetime(1970, 1, 1), datetime(2100, 1, 1),
                key=f"{key}_{label.lower()}", width=230, bind="query-params",
            )
            for label in ("From", "To")
        ]  # fmt: skip
    try:
        interval = request.build_interval(ends[0], ends[1], zone_name)
    except ValueError as error:
        st.warning(str(error))
        return None
    if interval is None:
        st.caption("Choose a start, an end, or both.")
    return interval


def _show_row_count(model: Model, hours: float) -> None:
    """Show about how many rows there are, from the counters of the service."""
    length = f"{round(timedelta(hours=hours).total_seconds())}s"
    questions = [
        wiring.build_request(query, model.labels, window=length)
        for query in (predictions.PREDICTION_COUNT, ground_truth.TRUTH_COUNT)
    ]
    futures = wiring.submit(questions)
    prediction_counts, truth_counts = (futures[question].result() for question in questions)
    if prediction_counts.available and prediction_counts.series:
        count = display.rounded(single_value(prediction_counts.series))
        truths = display.rounded(single_value(truth_counts.series) if truth_counts.series else 0.0)
        st.caption(
            f"About {count} predictions and {truths} ground truth values in this time, from the "
            "service's counters."
        )
