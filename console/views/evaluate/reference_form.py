"""What current rows are held against: training data, a period, the log before, a file."""

from typing import Any

import streamlit as st

from console.adapters.model_service import ModelService
from console.components.controls import latest, zone
from console.views.evaluate import rows_form, upload

TRAINING, PERIOD, BEFORE, STRETCH, UPLOAD = (
    "Training data", "Known period", "Hours before", "Part of the log", "Upload",
)  # fmt: skip
ALL = "all rows"
ALIKE = {ALL: ALL, "season": "the same season", "hours": "the same hours and weekdays"}


def show(
    service: ModelService, model: str, *, of_log: bool, by_event: bool
) -> tuple[dict[str, Any] | None, upload.Chosen | None]:
    """The reference as the service reads it, None while it is not whole; and its file."""
    kinds = [TRAINING, PERIOD, STRETCH, UPLOAD]
    if of_log:
        kinds.insert(2, BEFORE)
    kind = st.selectbox(
        "Compare with", kinds, key="reference_of", width=260, bind="query-params"
    )  # fmt: skip
    found: dict[str, Any] | None = {}
    file = None
    if kind == PERIOD:
        found = rows_form.window(service, "Reference period", "reference_window")
    elif kind == BEFORE:
        hours = st.number_input(
            "Hours before the current rows", 0.05, 8784.0, 168.0, key="hours_before",
            width=260, bind="query-params",
        )  # fmt: skip
        found = {"hours_before": hours}
    elif kind == STRETCH:
        chosen = rows_form.stretch("reference", "UTC" if by_event else zone())
        found = None if chosen is None else {"interval": chosen}
    elif kind == UPLOAD:
        file = upload.choose(service, "Reference file (CSV or Parquet)", "reference_file")
        found = None if file is None else {}
    match = _alike(service, model)
    if found is not None and match is not None:
        found = {**found, "match": match}
    return found, file


def _alike(service: ModelService, model: str) -> str | None:
    """By which of the model's inputs rows of the reference are to be like the current ones."""
    about = latest(f"about:{model}", service.about).value or {}
    groups: dict[str, list[str]] = about.get("alike") or {}
    if not groups:
        return None
    chosen = st.selectbox(
        "Reference rows", [ALL, *groups], key="match", bind="query-params", width=260,
        format_func=lambda name: ALIKE.get(name, f"the same {name}"),
        help="Use only reference rows with the same inputs as the current rows: "
        + "; ".join(f"{name} by {', '.join(of)}" for name, of in groups.items()),
    )  # fmt: skip
    return None if chosen == ALL else str(chosen)
