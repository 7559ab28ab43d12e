"""Shows the features of an evaluation: a ranked table, the distribution of one, all scores."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from console import charts
from console.charts.features import scores_against_chance
from console.components import row_selection
from console.components.chart_figure import show_chart
from console.formatting import display, sentences, tables
from console.formatting import features as feature_text
from console.series import Series, finite_values
from evaluation.result import Evaluation, FeatureDrift

FORMATS: dict[str, tables.Formatter] = {
    "score": tables.digits(3), "threshold": tables.digits(3), "n": tables.counts,
    "missing": tables.counts,
}  # fmt: skip
COLUMNS = {
    "importance": st.column_config.ProgressColumn(
        "importance", format="percent", min_value=0.0, max_value=1.0,
        help="How much the model uses the feature.",
    ),
    "score": st.column_config.NumberColumn(
        "score", help="Score of the method. It is drift when it crosses the threshold."
    ),
    "threshold": st.column_config.NumberColumn(
        "threshold", help="Excludes chance, and effects below the minimum effect."
    ),
    "p": st.column_config.TextColumn(
        "p", help="p-value, corrected for the number of features."
    ),
    "by chance": st.column_config.TextColumn(
        "by chance", help="95 % range of the null distribution: the score without drift."
    ),
    "effect": st.column_config.TextColumn(
        "effect", help="Effect in units of the feature, and in standard deviations (std)."
    ),
    "blocks": st.column_config.TextColumn(
        "blocks", help="Rows per block of the block permutation, in time order."
    ),
    "why": st.column_config.TextColumn("why", width="large"),
    "history": st.column_config.LineChartColumn(
        "history", help="Published scores in the selected time range."
    ),
}  # fmt: skip


def rank(result: Evaluation) -> list[FeatureDrift]:
    """Sort the features: drifted first, calendar ones last, then by importance times score."""

    def sort_key(feature: FeatureDrift) -> tuple[bool, bool, float]:
        weight = (feature.importance or 0.0) * _relative_score(feature)
        return not feature.drifted, feature.role == "calendar", -weight

    return sorted(result.features, key=sort_key)


def _relative_score(feature: FeatureDrift) -> float:
    """Return the score as a multiple of its threshold, at most 10; the inverse for p-values."""
    if not feature.score or not feature.threshold:
        return 10.0 if feature.drifted else 0.01
    ratio = feature.score / feature.threshold
    if feature.drifted and ratio < 1:
        ratio = 1 / ratio
    return min(ratio, 10.0)


def show_table(result: Evaluation, history: Mapping[str, Series] | None = None) -> FeatureDrift:
    """Show the ranked features; return the selected one, which the URL names.

    `history` has the published scores by feature.
    """
    ranked = rank(result)
    names = [feature.name for feature in ranked]
    key = f"features:{result.evaluation_id}"
    requested = st.query_params.get("feature", "")
    selected = names.index(requested) if requested in names else 0

    def select(row: int) -> None:
        # the evaluation too: the newest one may differ when somebody opens the URL later
        st.query_params["evaluation"] = str(result.evaluation_id)
        st.query_params["feature"] = names[row]

    frame = pd.DataFrame([_build_row(feature, result, history) for feature in ranked])
    st.dataframe(
        tables.format_columns(frame, FORMATS),
        hide_index=True, height="content", placeholder="–",
        **row_selection.selection_options(key, select, selected), column_config=COLUMNS,
    )  # fmt: skip
    st.caption("Sorted by verdict, importance and score. Click a row to see its distribution.")
    return ranked[selected]


def _build_row(
    feature: FeatureDrift, result: Evaluation, history: Mapping[str, Series] | None
) -> dict[str, object]:
    row: dict[str, object] = {
        "feature": feature.name + (" (calendar)" if feature.role == "calendar" else ""),
        "verdict": feature_text.verdict(feature),
        "importance": None if feature.importance is None else round(feature.importance, 3),
        "score": feature.score,
        "threshold": feature_text.threshold(feature),
        "by chance": feature_text.null_range(feature),
        "effect": feature_text.effect(feature),
        "p": display.p_value(feature.p_value),
        "n": result.rows.current - feature.missing.current,
        "method": feature.method,
        "blocks": "" if feature.block_rows is None else f"{display.count(feature.block_rows)} rows",
        "missing": feature.missing.current,
        "new categories": ", ".join(feature.new_categories),
        "what changed": ", ".join(feature.changes),
        "why": sentences.reason(feature),
    }
    if history is not None:
        series = history.get(feature.name)
        row["history"] = finite_values(series) if series is not None else []
    return row


def show_distribution(result: Evaluation, feature: FeatureDrift) -> None:
    """Show the distributions of a feature in reference and current data."""
    show_chart(
        charts.distribution(feature),
        f"{feature.name}: reference against current",
        key=f"distribution:{result.evaluation_id}",
    )
    st.caption(feature_text.summary(feature))


def show_scores_against_chance(result: Evaluation) -> None:
    """Show every score with its null distribution, in the order of the table."""
    chart = scores_against_chance(rank(result))
    if chart.data[0].y is not None and len(chart.data) > 1:
        show_chart(chart, "Score against chance", key=f"bands:{result.evaluation_id}")
        rows = result.rows
        st.caption(
            "Bars are the 95 % range of the null distribution. A score beyond the dashed line is "
            "drift; a drifted feature left of it has other missing values or new categories. "
            f"{display.count(rows.current)} rows against {display.count(rows.reference)}, each "
            "feature with its own method."
        )
