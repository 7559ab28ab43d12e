"""A table of which one row is chosen: by a click on any of its cells, or by its box."""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

MODE: tuple[Literal["single-row"], Literal["single-cell"]] = ("single-row", "single-cell")


def selection_options(
    key: str, chosen: Callable[[int], None], shown: int | None = None
) -> dict[str, Any]:
    """The options of `st.dataframe` that make it so; `chosen` gets the place of the row in the
    data, however the person has sorted it. `shown` is the row that is marked at first."""

    def clicked() -> None:
        selection = st.session_state[key]["selection"]
        rows = [row for row, _ in selection["cells"]] or list(selection["rows"])
        if not rows:
            return
        # the mark goes along, so that one sees of which row the rest of the page is
        st.session_state[key] = {"selection": {"rows": rows[:1], "columns": [], "cells": []}}
        chosen(rows[0])

    marked = {"selection": {"rows": [] if shown is None else [shown]}}
    return {
        "key": key, "on_select": clicked, "selection_mode": MODE, "selection_default": marked,
    }  # fmt: skip
