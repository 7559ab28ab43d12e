"""The form of one record: a widget for each field, with its range, choices and example."""

from typing import Any

import streamlit as st

from console.adapters.prediction_service import PredictionService
from console.openapi.service_api import Endpoint, RowForm
from console.views.try_it import field_widgets
from console.views.try_it.attempts import Call


def show(service: PredictionService, endpoint: Endpoint, slot: str) -> Call | None:
    """Show the form. Return the request if it was sent with valid values, else None."""
    form = _choose_form(endpoint, slot)
    values: dict[str, Any] = {}
    wrong: list[str] = []
    with st.form(f"{slot}:{form.title}", border=True):
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            for field in form.fields:
                value, valid = field_widgets.show(field, f"{slot}:{form.title}:{field.name}")
                if not valid or (value is None and field.required):
                    wrong.append(field.name)
                elif value is not None:
                    values[field.name] = value
        pressed = st.form_submit_button("Predict", type="primary")
    if not pressed:
        return None
    if wrong:
        st.warning(f"**Not sent.** Enter a valid value for {', '.join(wrong)}.")
        return None
    return Call(lambda: service.predict_row(endpoint, values))


def _choose_form(endpoint: Endpoint, slot: str) -> RowForm:
    if len(endpoint.rows) == 1:
        return endpoint.rows[0]
    titles = [form.title for form in endpoint.rows]
    title = st.segmented_control(
        "Input", titles, default=titles[0], key=f"{slot}:form", required=True
    )
    return next(form for form in endpoint.rows if form.title == title)
