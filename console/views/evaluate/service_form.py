"""The form of a new evaluation: reference, current rows, the button, and the button to repeat."""

from typing import Any

import streamlit as st

from console.adapters.model_service import ModelService
from console.models.discovery import Model
from console.views.evaluate import reference_form, request, rows_form, upload

PERIOD, LOG, UPLOAD = "Known period", "Prediction log", "Upload"
MOST_MINUTES = 60.0 * 24 * 366


def show(service: ModelService, model: Model) -> str | None:
    """The id of an evaluation that was just started."""
    with st.container(border=True):
        left, right = st.columns(2, gap="large")
        with left:
            current, file = _current(service, model)
        with right:
            reference, other = reference_form.show(
                service, model.name, of_log=st.session_state.get("source_of_rows") == LOG,
                by_event=(current or {}).get("by") == "event",
            )  # fmt: skip
        with st.expander("Name and tags"):
            name = st.text_input("Name", key="new_name", max_chars=100)
            tags = st.multiselect("Tags", [], key="new_tags", accept_new_options=True)
        with st.container(horizontal=True, vertical_alignment="center"):
            ready = current is not None and reference is not None
            pressed = st.button("Evaluate", type="primary", disabled=not ready)
            publish = st.toggle(
                "Publish as metrics", key="publish",
                help="Prometheus, Grafana and the alerts use published evaluations.",
            )  # fmt: skip
            if current is not None and reference is not None and request.live(current):
                _repeat(service, current, reference, other, publish)
    if not pressed or current is None or reference is None:
        return None
    if file is not None:
        current, name = {"upload": file.kept()}, name or file.name
    asked = request.request(current, _sent(reference, other), name, tags)
    return service.start({**asked, "publish": publish})


def _current(
    service: ModelService, model: Model
) -> tuple[dict[str, Any] | None, upload.Chosen | None]:
    source = st.segmented_control(
        "Evaluate", (PERIOD, LOG, UPLOAD), default=PERIOD, key="source_of_rows", required=True,
        bind="query-params",
    )  # fmt: skip
    if source == PERIOD:
        return rows_form.window(service, "Period", "window"), None
    if source == LOG:
        return rows_form.log(model), None
    label = "CSV or Parquet file with the model's fields and, if known, the ground truth"
    file = upload.choose(service, label, "upload")
    return (None if file is None else {}), file


def _sent(reference: dict[str, Any], file: upload.Chosen | None) -> dict[str, Any]:
    return reference if file is None else {**reference, "upload": file.kept()}


def _repeat(
    service: ModelService, current: dict[str, Any], reference: dict[str, Any],
    file: upload.Chosen | None, publish: bool,
) -> None:  # fmt: skip
    """The same rows anew each time, from now on."""
    with st.popover("Repeat", icon=":material/schedule:"):
        minutes = st.number_input("Interval in minutes", 0.05, MOST_MINUTES, 60.0, key="minutes")
        if st.button("Add schedule", key="add_schedule"):
            asked = request.request(current, _sent(reference, file), "", [])
            service.add_schedule(minutes, asked, publish)
            st.toast("Schedule added. The first evaluation starts now.")
