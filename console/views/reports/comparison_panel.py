"""Shows two evaluations side by side: verdicts, scores and features."""

import pandas as pd
import streamlit as st

from console import charts
from console.components import evaluation
from console.components.chart_figure import show_chart
from console.components.chart_panels import show_csv_download
from console.components.view_state import time_zone
from console.formatting import display, sentences
from console.formatting import features as feature_text
from console.views.reports import comparison
from evaluation import messages
from evaluation.result import Comparison, Evaluation, Side


def show(changes: Comparison, first: Evaluation, second: Evaluation) -> None:
    """Show two evaluations; `changes` is the comparison of them by the service."""
    sides = ((changes.first, first), (changes.second, second))
    for cell, (side, result) in zip(st.columns(2), sides, strict=True):
        with cell:
            st.markdown(f"**{side.name or side.source}**")
            st.caption(_describe_side(side))
            evaluation.show_verdict(result)
    st.markdown(" ".join(comparison.write_sentences(changes)))
    for note in messages.notes(changes, sentences.writer()):
        st.markdown(f":orange[:material/info:] {note}")
    scores = pd.DataFrame(comparison.build_score_rows(changes))
    st.dataframe(scores, hide_index=True, height="content", key="compared")
    frame = pd.DataFrame(comparison.build_feature_rows(changes))
    if frame.empty:
        return
    st.markdown("**Features and outcomes**, largest change first")
    st.dataframe(frame, hide_index=True, height="content", key="compared_features")
    show_csv_download("comparison.csv", lambda: frame, key="csv:comparison")
    _show_distributions(list(frame["feature"]), (first, second))


def _describe_side(side: Side) -> str:
    truth = (
        f"{display.count(side.with_target)} of {display.count(side.rows)} rows with ground truth"
    )
    created = display.iso_moment(side.created_at, time_zone())
    return f"{created} · {side.source} compared with {side.reference or 'training data'} · {truth}"


def _show_distributions(names: list[str], sides: tuple[Evaluation, Evaluation]) -> None:
    name = st.selectbox("Distribution of", names, key="compared_feature", width=240)
    for cell, result in zip(st.columns(2), sides, strict=True):
        columns = [*result.features, result.target_drift, result.prediction_drift]
        feature = next(
            (column for column in columns if column is not None and column.name == name), None
        )
        with cell:
            if feature is None:
                st.info(f"This evaluation has no {name}.")
                continue
            key = f"compare:{result.evaluation_id}:{name}"
            show_chart(charts.distribution(feature), result.name or name, key=key)
            st.caption(feature_text.summary(feature))
