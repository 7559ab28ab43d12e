"""Which rows: a named period, hours, rows or a stretch of the log, a file."""

from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from console import series, wiring
from console.adapters.model_service import ModelService
from console.components.controls import latest, zone
from console.formatting import display
from console.models.discovery import Model
from console.views.evaluate import request
from promql import one_model

HOURS, ROWS, STRETCH = "Last hours", "Last rows", "From, to"
ARRIVAL, EVENT = "arrival", "event"
CLOCKS = {ARRIVAL: "when they arrived", EVENT: "the time in the row"}


def window(service: ModelService, label: str, key: str) -> dict[str, Any] | None:
    """A named period of the service."""
    windows = latest(f"windows:{service.url}", service.windows)
    if windows.error is not None:
        # the page says what failed where it lists evaluations of the same service
        st.caption("The known periods could not be loaded. See the error below.")
    known = {item["name"]: item for item in windows.value or []}
    name = st.selectbox(
        label, list(known), key=key, bind="query-params",
        format_func=lambda of: f"{known[of]['title']} ({display.count(known[of]['rows'])} rows)",
    )  # fmt: skip
    if not name:
        return None
    chosen = known[name]
    rows = display.count(chosen["rows"])
    st.caption(f"{chosen['start']} to {chosen['end']}, {rows} rows with ground truth.")
    return {"window": name}


def log(model: Model) -> dict[str, Any] | None:
    """Rows of the prediction log by either clock; None until the choice is whole."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Rows", (HOURS, ROWS, STRETCH), default=HOURS, key="log_part", required=True,
            bind="query-params",
        )  # fmt: skip
        by = st.segmented_control(
            "Time", list(CLOCKS), default=ARRIVAL, key="clock", required=True, bind="query-params",
            format_func=lambda name: CLOCKS[name],
        )  # fmt: skip
    clock = {} if by == ARRIVAL else {"by": EVENT}
    if kind == ROWS:
        rows = st.number_input("Number of newest rows", 1, 10_000_000, 1000, 100, key="rows",
                               width=260, bind="query-params")  # fmt: skip
        return {"last_rows": int(rows), **clock}
    if kind == STRETCH:
        found = stretch("rows", "UTC" if clock else zone())
        return None if found is None else {"interval": found, **clock}
    hours = st.number_input(
        "Hours up to now" if not clock else "Hours up to the newest row",
        0.05, 8784.0, 1.0, key="hours", width=260, bind="query-params",
    )  # fmt: skip
    if not clock:
        _counted(model, hours)
    return {"last_hours": hours, **clock}


def stretch(key: str, of_zone: str) -> dict[str, str] | None:
    """A stretch of time, one end of which may be open; None, and why, until it can be used."""
    with st.container(horizontal=True):
        ends: list[datetime | None] = [
            st.datetime_input(
                f"{label} ({of_zone})", None, datetime(1970, 1, 1), datetime(2100, 1, 1),
                key=f"{key}_{label.lower()}", width=230, bind="query-params",
            )
            for label in ("From", "To")
        ]  # fmt: skip
    try:
        found = request.interval(ends[0], ends[1], of_zone)
    except ValueError as error:
        st.warning(str(error))
        return None
    if found is None:
        st.caption("Choose a start, an end, or both.")
    return found


def _counted(model: Model, hours: float) -> None:
    """How much there is, by the counters: enough to see that a choice is empty."""
    length = f"{round(timedelta(hours=hours).total_seconds())}s"
    asked = [
        wiring.question(query, model.labels, window=length)
        for query in (one_model.PREDICTIONS_MADE, one_model.TRUTHS_KNOWN)
    ]
    futures = wiring.ask(asked)
    made, known = (futures[question].result() for question in asked)
    if made.known and made.series:
        truths = display.rounded(series.single(known.series) if known.series else 0.0)
        st.caption(
            f"About {display.rounded(series.single(made.series))} predictions and {truths} ground "
            "truth values in this time, from the service's counters."
        )
