"""Two evaluations side by side: scores, verdicts, and the features that moved between them."""

import math

import pandas as pd
import streamlit as st

from console import charts, words
from console.adapters.model_service import Status
from console.panels import download, show_chart
from console.parts import evaluation, features
from evaluation.result import Evaluation


def show(first: tuple[Status, Evaluation], second: tuple[Status, Evaluation]) -> None:
    sides = (first, second)
    for cell, (item, result) in zip(st.columns(2), sides, strict=True):
        with cell:
            st.caption(evaluation.title(item))
            evaluation.verdict(result)
    st.dataframe(_scores(first[1], second[1]), hide_index=True, height="content", key="compared")
    frame = _features(first[1], second[1])
    st.markdown("**Features**, those that moved most between the two first")
    st.dataframe(frame, hide_index=True, height="content", key="compared_features")
    download("comparison.csv", lambda: frame, key="csv:comparison")
    names = list(frame["feature"])
    if not names:
        return
    name = st.selectbox("Distribution of", names, key="compared_feature", width=240)
    for cell, (_, result) in zip(st.columns(2), sides, strict=True):
        with cell:
            feature = next(item for item in result.features if item.name == name)
            key = f"compare:{result.evaluation_id}:{name}"
            show_chart(charts.distribution(feature), result.name or name, key=key)
            st.caption(features.about(feature))


def _scores(first: Evaluation, second: Evaluation) -> pd.DataFrame:
    rows: list[tuple[str, float | None, float | None]] = [
        ("Rows", first.rows.current, second.rows.current),
        ("Drift share", first.drift_share, second.drift_share),
    ]
    for label, name, _ in evaluation.SCORES:
        pair = [getattr(side.quality, name) if side.quality else None for side in (first, second)]
        if pair != [None, None]:
            rows.append((label, pair[0], pair[1]))
    return pd.DataFrame(
        [
            {
                "score": label,
                "first": words.number(before),
                "second": words.number(after),
                "change": words.NONE if None in (before, after) else _change(before, after),
            }
            for label, before, after in rows
        ]
    )


def _change(before: float | None, after: float | None) -> str:
    step = (after or 0.0) - (before or 0.0)
    return f"{step:+.3g}" if step else "none"


def _features(first: Evaluation, second: Evaluation) -> pd.DataFrame:
    others = {feature.name: feature for feature in second.features}
    rows = []
    for feature in first.features:
        other = others.get(feature.name)
        if other is None:
            continue
        scores = (feature.score, other.score)
        moved = abs((scores[1] or 0.0) - (scores[0] or 0.0)) if None not in scores else math.nan
        rows.append(
            {
                "feature": feature.name,
                "first verdict": features.VERDICTS[feature.drifted],
                "second verdict": features.VERDICTS[other.drifted],
                "first score": words.number(feature.score),
                "second score": words.number(other.score),
                "first effect": features.effect(feature),
                "second effect": features.effect(other),
                "moved": moved,
            }
        )
    frame = pd.DataFrame(rows, columns=list(rows[0]) if rows else ["feature", "moved"])
    return frame.sort_values("moved", ascending=False, na_position="last").drop(columns="moved")
