"""Correlations between columns that moved from the reference to the current data."""

import pandas as pd
import streamlit as st

from console.charts.correlations import matrix
from console.components.chart_panels import download, show_chart
from console.formatting import display, tables
from evaluation.result import Correlations, Evaluation, Pair

MOST_NAMED = 3
WRITTEN: dict[str, tables.Write] = {
    "reference": tables.digits(2), "current": tables.digits(2), "change": display.signed,
    "p-value": display.number,
}  # fmt: skip


def show(result: Evaluation) -> None:
    found = result.correlations
    pairs = found.pairs() if found is not None else []
    if found is None or not pairs:
        return
    st.markdown("**Correlations**")
    st.markdown(sentence(pairs))
    left, right = st.columns(2)
    with left:
        title = "Change in correlation, current minus reference"
        show_chart(matrix(found), title, key=f"correlations:{result.evaluation_id}")
    with right:
        frame = pd.DataFrame([_row(pair) for pair in pairs])
        st.dataframe(
            tables.written(frame, WRITTEN), hide_index=True, height=290,
            key=f"pairs:{result.evaluation_id}",
        )  # fmt: skip
        download("correlations.csv", lambda: frame, key=f"csv:pairs:{result.evaluation_id}")
    st.caption(_about(found))


def sentence(pairs: list[Pair]) -> str:
    """What moved by more than chance, those that moved most by name."""
    moved = [pair for pair in pairs if pair.moved]
    if not moved:
        return f"None of {display.count(len(pairs))} pairs changed significantly."
    named = "; ".join(
        f"**{pair.first}** and **{pair.second}** from {display.number(pair.reference, 2)} to "
        f"{display.number(pair.current, 2)}"
        for pair in moved[:MOST_NAMED]
    )
    more = len(moved) - MOST_NAMED
    rest = f"; and {display.count(more)} more" if more > 0 else ""
    return (
        f"{display.count(len(moved))} of {display.count(len(pairs))} pairs changed: {named}{rest}."
    )


def _row(pair: Pair) -> dict[str, object]:
    return {
        "pair": f"{pair.first} and {pair.second}",
        "verdict": "changed" if pair.moved else "no change",
        "reference": pair.reference,
        "current": pair.current,
        "change": pair.change,
        "p-value": pair.p_value,
    }


def _about(found: Correlations) -> str:
    rows = (
        f"{display.count(found.rows.current)} current and "
        f"{display.count(found.rows.reference)} reference rows"
    )
    blocks = (
        "p-values by permutation"
        if found.block_rows is None
        else "p-values by block permutation "
        f"(blocks of {display.count(found.block_rows)} rows, in time order)"
    )
    left_out = (
        f" The {display.count(found.left_out)} columns that the model uses least are excluded."
        if found.left_out
        else ""
    )
    return (
        f"Spearman's rank correlation, from -1 to 1; {rows}; {blocks}. A diamond marks a changed "
        "pair: its p-value, corrected for the number of pairs, is below "
        f"{display.number(found.alpha)}, and its change is at least "
        f"{display.number(found.minimum_change)}. Calendar columns are excluded.{left_out}"
    )
