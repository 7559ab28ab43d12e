"""Versions: which model serves, which one waits, how they compared and what was decided."""

import msgspec
import streamlit as st

from console import wiring
from console.adapters import model_versions
from console.components.controls import (
    explain_errors,
    head_of_model,
    keep_fresh,
    latest,
    show_state,
    try_again,
)
from console.views.versions import comparison_panel as shown

NONE = (
    "**No challenger yet.** The service reports one in `GET /model` after a retrain has compared a "
    "new model with the serving one."
)


def render() -> None:
    look, model = head_of_model("Versions")
    if model is None:
        return
    with explain_errors():
        service = wiring.service(model)
        about = latest(f"about:{model.name}", service.about)
        show_state(about)
        if about.error is not None:
            try_again(service.about)
        if about.value is not None:
            _told(about.value)
    keep_fresh(lambda: shown.over_time(model, look), look.refresh)


def _told(about: dict[str, object]) -> None:
    try:
        told = model_versions.told(about)
    except msgspec.ValidationError as error:
        st.warning(f"This page can't read the comparison in the service's answer: {error}.")
        return
    shown.serving(told)
    if told.last is None:
        st.info(NONE)
        return
    shown.compared(told.last, told)
    shown.every(told)


render()
