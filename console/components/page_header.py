"""The header of a page: its title beside the choice of model and time."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from console import wiring
from console.components import error_once, grafana_links
from console.components.model_picker import explain_missing_models, select_from
from console.components.view_state import ViewState, show_time_controls, time_zone
from console.models.discovery import Model


def show_header(title: str) -> ViewState:
    """Show the title and the time controls; return the chosen time range."""
    error_once.reset()
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    left.title(title, anchor=False)
    with right, _control_row():
        view = show_time_controls()
        _show_grafana_link(title, None, view)
    return view


def show_model_header(title: str, *, timed: bool = True) -> tuple[ViewState, Model | None]:
    """Show the title, the choice of model and, if `timed`, the time controls.

    Returns the time range and the model; the model is None, with a reason on the page, if there
    is none.
    """
    error_once.reset()
    left, right = st.columns([1, 4], vertical_alignment="bottom")
    left.title(title, anchor=False)
    models, result = wiring.models()
    with right, _control_row():
        model = select_from(models) if models else None
        view = show_time_controls() if timed else ViewState(3600, None, None, time_zone())
        if timed:
            _show_grafana_link(title, model, view)
    explain_missing_models(models, result)
    return view, model


def _control_row() -> DeltaGenerator:
    return st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"
    )


def _show_grafana_link(page: str, model: Model | None, view: ViewState) -> None:
    """Link to the dashboard of the same model and time, if the settings name a Grafana."""
    base = wiring.settings().grafana_url
    if base is None:
        return
    name, job, task = (model.name, model.job, model.task) if model is not None else ("", "", "")
    url = grafana_links.dashboard_url(base, page, name, job, view.seconds, view.zoom, task)
    if url is not None:
        st.link_button("Grafana", url, type="tertiary", icon=":material/open_in_new:")
