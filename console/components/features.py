"""The features of an evaluation: ranked by what matters, each with all that is known of it."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from console import charts
from console.charts.features import scores_against_chance
from console.components import row_selection
from console.components.chart_figure import show_chart
from console.formatting import display, sentences, tables
from console.series import Series, finite_values
from evaluation.result import Evaluation, FeatureDrift

WRITTEN: dict[str, tables.Formatter] = {
    "score": tables.digits(3), "threshold": tables.digits(3), "n": tables.counts,
    "missing": tables.counts,
}  # fmt: skip
VERDICTS = {True: "drift", False: "no drift", None: "not known"}
# a number needs no unit to be the feature's, and a share of rows is read in percent
OWN_UNIT, OF_ROWS = "units of the feature", "share of rows"


def rank(result: Evaluation) -> list[FeatureDrift]:
    """Drifting features before the others, calendar ones last; then by importance and score."""

    def matters(feature: FeatureDrift) -> tuple[bool, bool, float]:
        weight = (feature.importance or 0.0) * _strength(feature)
        return not feature.drifted, feature.role == "calendar", -weight

    return sorted(result.features, key=matters)


def _strength(feature: FeatureDrift) -> float:
    """How far past the threshold, at most ten times: for p-values past is below."""
    if not feature.score or not feature.threshold:
        return 10.0 if feature.drifted else 0.01
    ratio = feature.score / feature.threshold
    if feature.drifted and ratio < 1:
        ratio = 1 / ratio
    return min(ratio, 10.0)


def show_table(result: Evaluation, history: Mapping[str, Series] | None = None) -> FeatureDrift:
    """The table; the feature that was clicked, or the first. The URL names it."""
    order = rank(result)
    names = [feature.name for feature in order]
    key = f"features:{result.evaluation_id}"

    wanted = st.query_params.get("feature", "")
    shown = names.index(wanted) if wanted in names else 0

    def chosen(row: int) -> None:
        # of this evaluation: the newest may be another one when the address is opened
        st.query_params["evaluation"] = str(result.evaluation_id)
        st.query_params["feature"] = names[row]

    st.dataframe(
        tables.format_columns(
            pd.DataFrame([_row(feature, result, history) for feature in order]), WRITTEN
        ),
        hide_index=True, height="content", placeholder="–",
        **row_selection.selection_options(key, chosen, shown),
        column_config={
            "importance": st.column_config.ProgressColumn(
                "importance", format="percent", min_value=0.0, max_value=1.0,
                help="How much the model uses the feature.",
            ),
            "score": st.column_config.NumberColumn(
                "score", help="Of the method; past the threshold is drift."
            ),
            "threshold": st.column_config.NumberColumn(
                "threshold",
                help="The score from which it is drift: past chance, and past the least effect.",
            ),
            "p": st.column_config.TextColumn(
                "p", help="Corrected for the number of features."
            ),
            "by chance": st.column_config.TextColumn(
                "by chance", help="Where the score lies when both sides are the same: null band."
            ),
            "effect": st.column_config.TextColumn(
                "effect", help="How much, in its own units and in standard deviations (std)."
            ),
            "blocks": st.column_config.TextColumn(
                "blocks", help="Rows in time order are resampled in blocks of so many."
            ),
            "why": st.column_config.TextColumn("why", width="large"),
            "history": st.column_config.LineChartColumn(
                "history", help="The published scores over the chosen time."
            ),
        },
    )  # fmt: skip
    st.caption("Click a row to see its distribution. Ranked by verdict, importance and score.")
    return order[shown]


def _row(
    feature: FeatureDrift, result: Evaluation, history: Mapping[str, Series] | None
) -> dict[str, object]:
    row: dict[str, object] = {
        "feature": feature.name + (" (calendar)" if feature.role == "calendar" else ""),
        "verdict": format_verdict(feature),
        "importance": None if feature.importance is None else round(feature.importance, 3),
        "score": feature.score,
        "threshold": _readable(feature.threshold),
        "by chance": _band(feature),
        "effect": format_effect(feature),
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


def format_verdict(feature: FeatureDrift) -> str:
    """Of the feature; one of the calendar may drift and says so, and still does not count."""
    said = VERDICTS[feature.drifted]
    return f"{said}, not counted" if feature.drifted and feature.role == "calendar" else said


def _readable(value: float | None) -> float | None:
    """A threshold that any change passes is 0 to a person."""
    return 0.0 if value is not None and abs(value) < 1e-12 else value


def _band(feature: FeatureDrift) -> str:
    if feature.null_band is None:
        return "not computed"
    low, high = feature.null_band
    return f"{display.number(low)} to {display.number(high)}"


def format_effect(feature: FeatureDrift) -> str:
    """The effect in its own units; else the shift of the mean; else nothing."""
    if feature.effect is not None:
        text = f"{display.number(feature.effect)} {feature.effect_unit or ''}".strip()
        if feature.effect_unit == OF_ROWS:
            text = f"{display.percent(feature.effect)} of rows"
        elif feature.effect_unit == OWN_UNIT:
            text = display.number(feature.effect)
        return f"{text} ({format_effect_size(feature)})" if format_effect_size(feature) else text
    both = feature.statistics
    if both is None or both.reference.mean is None or both.current.mean is None:
        return ""
    return f"{display.signed(both.current.mean - both.reference.mean)} in the mean"


def format_effect_size(feature: FeatureDrift) -> str:
    """What the least effect is held against: standard deviations for numbers."""
    if feature.effect_size is None or feature.kind != "numerical":
        return ""
    return f"{display.number(feature.effect_size)} std"


def show_distribution(result: Evaluation, feature: FeatureDrift) -> None:
    show_chart(
        charts.distribution(feature),
        f"{feature.name}: reference against current",
        key=f"distribution:{result.evaluation_id}",
    )
    st.caption(summarize(feature))


def show_scores_against_chance(result: Evaluation) -> None:
    """Every score against what it does by chance, in the order of the table."""
    drawn = scores_against_chance(rank(result))
    if drawn.data[0].y is not None and len(drawn.data) > 1:
        show_chart(drawn, "Score against chance", key=f"bands:{result.evaluation_id}")
        st.caption(
            "The bar holds 95 % of the scores that two samples of one source give; from the dashed "
            "line on the values drift; what drifts left of it has other missing values or new "
            f"categories. {display.count(result.rows.current)} rows against "
            f"{display.count(result.rows.reference)}, each feature by its own method."
        )


def summarize(feature: FeatureDrift) -> str:
    parts = [f"{feature.method}: score {display.number(feature.score)}"]
    if feature.threshold is not None:
        parts.append(f"threshold {display.number(feature.threshold)}")
    if feature.statistics is not None:
        before, after = feature.statistics.reference, feature.statistics.current
        parts.append(f"mean {display.number(before.mean)} → {display.number(after.mean)}")
        parts.append(f"median {display.number(before.q50)} → {display.number(after.q50)}")
    missing = (feature.missing.reference, feature.missing.current)
    parts.append(f"missing {' → '.join(map(display.count, missing))} rows")
    if feature.effect is not None:
        least = feature.minimum_effect
        parts.append(
            f"effect {format_effect(feature)}"
            + (f", least {display.number(least)}" if least else "")
        )
    if feature.changes:
        parts.append(f"changed: {', '.join(feature.changes)}")
    if feature.block_rows is not None:
        parts.append(
            f"blocks of {display.count(feature.block_rows)} rows in time order were resampled"
        )
    reason = sentences.reason(feature)
    if reason:
        parts.append(reason)
    return " · ".join(parts)
