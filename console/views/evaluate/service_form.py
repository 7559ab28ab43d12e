"""The form of an evaluation by the service: current rows, reference, and the buttons."""

from typing import Any

import streamlit as st

from console.adapters.model_service import ModelService
from console.models.discovery import Model
from console.views.evaluate import reference_form, request, rows_form, upload

PERIOD, LOG, UPLOAD = "Known period", "Prediction log", "Upload"
MAX_MINUTES = 60.0 * 24 * 366


def show(service: ModelService, model: Model) -> str | None:
    """Show the form. Return the id of the evaluation that was started with it, or None."""
    with st.container(border=True):
        left, right = st.columns(2, gap="large")
        with left:
            current, file = _choose_current_rows(service, model)
        with right:
            reference, reference_file = reference_form.show(
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
            if current is not None and reference is not None and request.is_repeatable(current):
                _show_repeat(service, current, reference, reference_file, publish)
    if not pressed or current is None or reference is None:
        return None
    if file is not None:
        current, name = {"upload": file.send()}, name or file.name
    body = request.build_request(current, _add_upload(reference, reference_file), name, tags)
    return service.start({**body, "publish": publish})


def _choose_current_rows(
    service: ModelService, model: Model
) -> tuple[dict[str, Any] | None, upload.Upload | None]:
    source = st.segmented_control(
        "Evaluate", (PERIOD, LOG, UPLOAD), default=PERIOD, key="source_of_rows", required=True,
        bind="query-params",
    )  # fmt: skip
    if source == PERIOD:
        return rows_form.choose_period(service, "Period", "window"), None
    if source == LOG:
        return rows_form.choose_log_rows(model), None
    file = upload.choose(service, "File", "upload")
    return (None if file is None else {}), file


def _add_upload(reference: dict[str, Any], file: upload.Upload | None) -> dict[str, Any]:
    return reference if file is None else {**reference, "upload": file.send()}


def _show_repeat(
    service: ModelService, current: dict[str, Any], reference: dict[str, Any],
    file: upload.Upload | None, publish: bool,
) -> None:  # fmt: skip
    """Show the button that adds a schedule for this evaluation."""
    with st.popover("Repeat", icon=":material/schedule:"):
        minutes = st.number_input("Interval in minutes", 0.05, MAX_MINUTES, 60.0, key="minutes")
        if st.button("Add schedule", key="add_schedule"):
            body = request.build_request(current, _add_upload(reference, file), "", [])
            service.add_schedule(minutes, body, publish)
            st.toast("Schedule added. The first evaluation starts now.")
