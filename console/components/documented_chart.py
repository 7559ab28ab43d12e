"""Shows a chart of an evaluation with its meaning, n, window, age and a CSV download."""

import time
from collections.abc import Callable
from datetime import datetime

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from console.components.chart_figure import show_figure
from console.components.chart_panels import show_csv_download
from console.formatting import display
from evaluation.result import Evaluation


def show(
    figure: go.Figure, title: str, text: str, frame: Callable[[], pd.DataFrame],
    result: Evaluation, *, key: str,
) -> None:  # fmt: skip
    """Show a chart of a result under its header."""
    show_result_header(title, text, frame, result, key=key)
    show_figure(figure, title, key=f"{key}:{result.evaluation_id}")


def show_result_header(
    title: str, text: str, frame: Callable[[], pd.DataFrame], result: Evaluation, *, key: str
) -> None:
    """Show the header of a chart or table of a result."""
    show_header(title, text, describe(result), frame, key=f"{key}:{result.evaluation_id}")


def show_header(
    title: str, text: str, about: str, frame: Callable[[], pd.DataFrame], *, key: str
) -> None:
    """Show a title, and a popover with the meaning, the source of the data and a CSV download."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{title}**", width="content")
        with st.popover("About", type="tertiary"):
            st.markdown(text)
            st.caption(about)
            show_csv_download(f"{title}.csv", frame, key=f"csv:{key}")


def describe(result: Evaluation) -> str:
    """Describe the data of a result: rows, window, age, model version."""
    age = time.time() - datetime.fromisoformat(result.created_at).timestamp()
    rows = display.count(result.rows.with_target)
    return (
        f"n = {rows} rows with ground truth from {result.source or 'the current data'}"
        f" · evaluated {display.age(max(0.0, age))} ago · model {result.model_version or 'unknown'}"
        f" · `GET /evaluations/{result.evaluation_id}`"
    )
