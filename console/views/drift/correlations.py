"""Shows the changes in correlation from the reference to the current data."""

import pandas as pd
import streamlit as st

from console.charts.correlations import matrix
from console.components.chart_figure import show_chart
from console.components.chart_panels import show_csv_download
from console.formatting import display, tables
from evaluation.result import Correlations, Evaluation, Pair

MAX_NAMED = 3
FORMATS: dict[str, tables.Formatter] = {
    "reference": tables.digits(2), "current": tables.digits(2), "change": display.signed,
    "p-value": display.number,
}  # fmt: skip


def show(result: Evaluation) -> None:
    """Show the correlations of an evaluation, if it has any."""
    correlations = result.correlations
    pairs = correlations.pairs() if correlations is not None else []
    if correlations is None or not pairs:
        return
    st.markdown("**Correlations**")
    st.markdown(describe_changes(pairs))
    left, right = st.columns(2)
    with left:
        title = "Change in correlation"
        show_chart(matrix(correlations), title, key=f"correlations:{result.evaluation_id}")
    with right:
        frame = pd.DataFrame([_build_row(pair) for pair in pairs])
        st.dataframe(
            tables.format_columns(frame, FORMATS), hide_index=True, height=290,
            key=f"pairs:{result.evaluation_id}",
        )  # fmt: skip
        show_csv_download(
            "correlations.csv", lambda: frame, key=f"csv:pairs:{result.evaluation_id}"
        )
    st.caption(_describe_method(correlations))


def describe_changes(pairs: list[Pair]) -> str:
    """Describe how many pairs changed significantly, and name the largest changes."""
    changed = [pair for pair in pairs if pair.moved]
    if not changed:
        return f"None of {display.count(len(pairs))} pairs changed significantly."
    examples = "; ".join(
        f"**{pair.first}** and **{pair.second}** from {display.number(pair.reference, 2)} to "
        f"{display.number(pair.current, 2)}"
        for pair in changed[:MAX_NAMED]
    )
    more = len(changed) - MAX_NAMED
    suffix = f"; and {display.count(more)} more" if more > 0 else ""
    count, total = display.count(len(changed)), display.count(len(pairs))
    return f"{count} of {total} pairs changed: {examples}{suffix}."


def _build_row(pair: Pair) -> dict[str, object]:
    return {
        "pair": f"{pair.first} and {pair.second}",
        "verdict": "changed" if pair.moved else "no change",
        "reference": pair.reference,
        "current": pair.current,
        "change": pair.change,
        "p-value": pair.p_value,
    }


def _describe_method(correlations: Correlations) -> str:
    rows = (
        f"{display.count(correlations.rows.current)} current and "
        f"{display.count(correlations.rows.reference)} reference rows"
    )
    method = (
        "p-values by permutation"
        if correlations.block_rows is None
        else "p-values by block permutation "
        f"(blocks of {display.count(correlations.block_rows)} rows, in time order)"
    )
    excluded = (
        f" So are the {display.count(correlations.left_out)} columns that the model uses least."
        if correlations.left_out
        else ""
    )
    return (
        f"Spearman's rank correlation, from -1 to 1; {rows}; {method}. The change is current minus "
        "reference. A diamond marks a changed pair: its p-value, corrected for the number of "
        f"pairs, is below {display.number(correlations.alpha)}, and its change is at least "
        f"{display.number(correlations.minimum_change)}. Calendar columns are excluded.{excluded}"
    )
