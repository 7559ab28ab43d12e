"""Lets a person select a row of a table: by a click on any of its cells, or by its box."""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

MODE: tuple[Literal["single-row"], Literal["single-cell"]] = ("single-row", "single-cell")


def selection_options(
    key: str, on_select: Callable[[int], None], selected: int | None = None
) -> dict[str, Any]:
    """Return the options of `st.dataframe` for a table with one selected row.

    `on_select` gets the row's position in the data, in whatever order the table is sorted.
    `selected` is the row that is selected at first.
    """

    def handle_selection() -> None:
        selection = st.session_state[key]["selection"]
        rows = [row for row, _ in selection["cells"]] or list(selection["rows"])
        if not rows:
            return
        # a click on a cell marks only the cell: mark its row, which the page now shows
        st.session_state[key] = {"selection": {"rows": rows[:1], "columns": [], "cells": []}}
        on_select(rows[0])

    default = {"selection": {"rows": [] if selected is None else [selected]}}
    return {
        "key": key, "on_select": handle_selection, "selection_mode": MODE,
        "selection_default": default,
    }  # fmt: skip
