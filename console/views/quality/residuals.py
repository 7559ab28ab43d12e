"""Where an evaluation's errors are: the worst segments, and error by hour and by feature."""

import pandas as pd
import streamlit as st

from console.charts.segments import by_value
from console.components.chart_panels import download, show_chart
from console.formatting import display, tables
from console.views.quality import segments
from evaluation.result import Evaluation, Residuals

FIRST = "hr"
WRITTEN: dict[str, tables.Write] = {
    "rows": tables.counts, "MAE": display.number, "times mean error": display.number,
    "bias": display.signed,
}  # fmt: skip


def show(result: Evaluation, residuals: Residuals) -> None:
    left, right = st.columns(2)
    with left:
        columns = sorted(residuals.by, key=lambda name: (name != FIRST, name))
        if columns:
            column = st.selectbox("Error by", columns, key="by", bind="query-params", width=220)
            groups = residuals.by[column]
            show_chart(by_value(column, groups), f"Error by {column}", key=f"by:{column}")
    with right:
        _worst(result, residuals)


def _worst(result: Evaluation, residuals: Residuals) -> None:
    found = segments.worst(residuals)
    st.markdown("**Worst segments**")
    if not found:
        st.caption("No segment of at least 5 rows is worse than the mean.")
        return
    first = found[0]
    st.markdown(
        f"**{first.column} = {first.value}** is the worst: {display.number(first.times)} times "
        f"the mean error on {display.count(first.rows)} rows. Its excess error is "
        f"{display.percent(first.excess)} of the total error."
    )
    frame = pd.DataFrame(
        [
            {
                "segment": f"{item.column} = {item.value}",
                "rows": item.rows,
                "MAE": item.mae,
                "times mean error": item.times,
                "bias": item.bias,
                "excess error": item.excess,
            }
            for item in found
        ]
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        tables.written(frame, WRITTEN), hide_index=True, height=250, key="segments",
        column_config={
            "MAE": number(help="Mean absolute error, in target units."),
            "bias": number(help="Mean of prediction minus actual, in target units."),
            "excess error": st.column_config.ProgressColumn(
                format="percent", min_value=0.0, max_value=1.0,
                help="The share of the total error that the segment has above the mean.",
            ),
        },
    )  # fmt: skip
    download("segments.csv", lambda: frame, key=f"csv:segments:{result.evaluation_id}")
