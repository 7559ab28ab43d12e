"""Shows the table of all models as one element, for any number of models."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from console.components.refresh import redraw_page
from console.views.overview.fleet_rows import Facts, build_cells

HERE = Path(__file__).parent
COLUMNS = (
    "Model",
    "State",
    "Requests",
    "Errors",
    "Latency p95",
    "Quality",
    "Drift",
    "Alerts",
)
HTML = """
<div class="wrap"><table aria-label="Models"><thead><tr></tr></thead><tbody></tbody></table></div>
"""


@st.cache_resource
def _get_component() -> Any:
    return st.components.v2.component(
        "belvedere_fleet",
        html=HTML,
        css=(HERE / "fleet_table.css").read_text("utf-8"),
        js=(HERE / "fleet_table.js").read_text("utf-8"),
    )


def show(facts: Sequence[Facts], now: float) -> None:
    """Show the rows. A click on a model or a number sets `page` and `model` in `open_model` of the
    session.
    """
    rows = [
        {
            "name": item.name,
            "about": item.about,
            "cells": [vars(cell) for cell in build_cells(item, now)],
        }
        for item in facts
    ]

    def open_model() -> None:
        st.session_state["open_model"] = st.session_state["fleet"].open
        redraw_page()

    _get_component()(
        data={"columns": COLUMNS, "rows": rows}, key="fleet", on_open_change=open_model
    )
