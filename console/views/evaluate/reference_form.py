"""The choice of the reference: training data, a period, a part of the log, or a file."""

from typing import Any

import streamlit as st

from console.adapters.model_service import ModelService
from console.components.source_state import fetch_with_fallback
from console.components.view_state import time_zone
from console.views.evaluate import rows_form, upload

TRAINING, PERIOD, HOURS_BEFORE, INTERVAL, UPLOAD = (
    "Training data", "Known period", "Hours before", "Part of the log", "Upload",
)  # fmt: skip
ALL = "all rows"
MATCH_LABELS = {ALL: ALL, "season": "the same season", "hours": "the same hours and weekdays"}


def show(
    service: ModelService, model: str, *, of_log: bool, by_event: bool
) -> tuple[dict[str, Any] | None, upload.Upload | None]:
    """Show the choice. Return the reference as the service reads it, and its file.

    The reference is None while it is incomplete.
    """
    kinds = [TRAINING, PERIOD, INTERVAL, UPLOAD]
    if of_log:
        kinds.insert(2, HOURS_BEFORE)
    kind = st.selectbox(
        "Compare with", kinds, key="reference_of", width=260, bind="query-params"
    )  # fmt: skip
    reference: dict[str, Any] | None = {}
    file = None
    if kind == PERIOD:
        reference = rows_form.choose_period(service, "Reference period", "reference_window")
    elif kind == HOURS_BEFORE:
        hours = st.number_input(
            "Hours before the current rows", 0.05, 8784.0, 168.0, key="hours_before",
            width=260, bind="query-params",
        )  # fmt: skip
        reference = {"hours_before": hours}
    elif kind == INTERVAL:
        interval = rows_form.choose_interval("reference", "UTC" if by_event else time_zone())
        reference = None if interval is None else {"interval": interval}
    elif kind == UPLOAD:
        file = upload.choose(service, "Reference file", "reference_file")
        reference = None if file is None else {}
    match = _choose_match(service, model)
    if reference is not None and match is not None:
        reference = {**reference, "match": match}
    return reference, file


def _choose_match(service: ModelService, model: str) -> str | None:
    """Show the choice of inputs that reference rows must share with the current rows."""
    about = fetch_with_fallback(f"about:{model}", service.describe).value or {}
    groups: dict[str, list[str]] = about.get("alike") or {}
    if not groups:
        return None
    chosen = st.selectbox(
        "Reference rows", [ALL, *groups], key="match", bind="query-params", width=260,
        format_func=lambda name: MATCH_LABELS.get(name, f"the same {name}"),
        help="Use only reference rows with the same inputs as the current rows: "
        + "; ".join(f"{name} by {', '.join(inputs)}" for name, inputs in groups.items()),
    )  # fmt: skip
    return None if chosen == ALL else str(chosen)
