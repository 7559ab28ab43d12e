"""A chart of an evaluation's document, with what it means, n, its window, its age and a CSV."""

import time
from collections.abc import Callable
from datetime import datetime

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from console.components.chart_panels import download, show_figure
from console.formatting import display
from evaluation.result import Evaluation


def show(
    figure: go.Figure, title: str, text: str, frame: Callable[[], pd.DataFrame],
    result: Evaluation, *, key: str,
) -> None:  # fmt: skip
    show_result_header(title, text, frame, result, key=key)
    show_figure(figure, title, key=f"{key}:{result.evaluation_id}")


def show_result_header(
    title: str, text: str, frame: Callable[[], pd.DataFrame], result: Evaluation, *, key: str
) -> None:
    show_header(title, text, about(result), frame, key=f"{key}:{result.evaluation_id}")


def show_header(
    title: str, text: str, about: str, frame: Callable[[], pd.DataFrame], *, key: str
) -> None:
    """The title; behind a click what it means, what it stands on, and its numbers as CSV."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{title}**", width="content")
        with st.popover("About", type="tertiary"):
            st.markdown(text)
            st.caption(about)
            download(f"{title}.csv", frame, key=f"csv:{key}")


def about(result: Evaluation) -> str:
    """Rows, window and age of what an evaluation found."""
    age = time.time() - datetime.fromisoformat(result.created_at).timestamp()
    rows = display.count(result.rows.with_target)
    return (
        f"n = {rows} rows with truth of {result.source or 'the current data'}"
        f" · evaluated {display.age(max(0.0, age))} ago · model {result.model_version or 'unknown'}"
        f" · `GET /evaluations/{result.evaluation_id}`"
    )
