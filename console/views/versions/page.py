"""Versions: the serving model, its challenger, their comparison and the decision."""

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
from console.views.versions import comparison_panel

NO_CHALLENGER = (
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
            _show_versions(about.value)
    keep_fresh(lambda: comparison_panel.show_history(model, look), look.refresh)


def _show_versions(about: dict[str, object]) -> None:
    try:
        service_model = model_versions.told(about)
    except msgspec.ValidationError as error:
        st.warning(f"This page can't read the comparison in the service's answer: {error}.")
        return
    comparison_panel.show_serving(service_model)
    if service_model.last is None:
        st.info(NO_CHALLENGER)
        return
    comparison_panel.show_comparison(service_model.last, service_model)
    comparison_panel.show_all(service_model)


render()
