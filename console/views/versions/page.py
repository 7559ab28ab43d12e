"""Versions: the serving model, its challenger, their comparison and the decision."""

import msgspec
import streamlit as st

from console import wiring
from console.adapters import model_versions
from console.components.page_header import show_model_header
from console.components.refresh import auto_refresh, retry_until_available
from console.components.source_state import explain_errors, fetch_with_fallback, show_fetch_error
from console.views.versions import comparison_panel

NO_CHALLENGER = (
    "**No challenger yet.** The service reports one in `GET /model` after a retrain has compared a "
    "new model with the serving one."
)


def render() -> None:
    view, model = show_model_header("Versions")
    if model is None:
        return
    with explain_errors():
        service = wiring.service(model)
        about = fetch_with_fallback(f"about:{model.name}", service.describe)
        show_fetch_error(about)
        if about.error is not None:
            retry_until_available(service.describe)
        if about.value is not None:
            _show_versions(about.value)
    auto_refresh(lambda: comparison_panel.show_history(model, view), view.refresh_seconds)


def _show_versions(about: dict[str, object]) -> None:
    try:
        service_model = model_versions.parse_versions(about)
    except msgspec.ValidationError as error:
        st.warning(f"This page can't read the comparison in the service's answer: {error}.")
        return
    comparison_panel.show_serving(service_model)
    if service_model.last_comparison is None:
        st.info(NO_CHALLENGER)
        return
    comparison_panel.show_comparison(service_model.last_comparison, service_model)
    comparison_panel.show_all(service_model)


render()
