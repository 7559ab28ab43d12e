"""Two evaluations side by side: scores, verdicts, and the features that moved between them."""

import pandas as pd
import streamlit as st

from console import charts
from console.components import evaluation, features
from console.components.chart_panels import download, show_chart
from console.components.controls import zone
from console.formatting import display
from console.views.reports import comparison
from evaluation.compare import Comparison, Side
from evaluation.result import Evaluation


def show(found: Comparison, first: Evaluation, second: Evaluation) -> None:
    """`found` is what the service says of the two."""
    sides = ((found.first, first), (found.second, second))
    for cell, (side, result) in zip(st.columns(2), sides, strict=True):
        with cell:
            st.markdown(f"**{side.name or side.source}**")
            st.caption(_about(side))
            evaluation.verdict(result)
    st.markdown(" ".join(comparison.sentences(found)))
    for note in found.notes:
        st.markdown(f":orange[:material/info:] {note}")
    scores = pd.DataFrame(comparison.scores(found))
    st.dataframe(scores, hide_index=True, height="content", key="compared")
    frame = pd.DataFrame(comparison.features(found))
    if frame.empty:
        return
    st.markdown("**Features and outcomes**, largest change first")
    st.dataframe(frame, hide_index=True, height="content", key="compared_features")
    download("comparison.csv", lambda: frame, key="csv:comparison")
    _distributions(list(frame["feature"]), (first, second))


def _about(side: Side) -> str:
    truth = (
        f"{display.count(side.with_target)} of {display.count(side.rows)} rows with ground truth"
    )
    made = display.iso_moment(side.created_at, zone())
    return f"{made} · {side.source} compared with {side.reference or 'training data'} · {truth}"


def _distributions(names: list[str], sides: tuple[Evaluation, Evaluation]) -> None:
    name = st.selectbox("Distribution of", names, key="compared_feature", width=240)
    for cell, result in zip(st.columns(2), sides, strict=True):
        outcomes = [it for it in (result.target_drift, result.prediction_drift) if it is not None]
        feature = next((it for it in [*result.features, *outcomes] if it.name == name), None)
        with cell:
            if feature is None:
                st.info(f"This evaluation has no {name}.")
                continue
            key = f"compare:{result.evaluation_id}:{name}"
            show_chart(charts.distribution(feature), result.name or name, key=key)
            st.caption(features.about(feature))
