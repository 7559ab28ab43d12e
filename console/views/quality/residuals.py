"""Shows the errors of an evaluation: by value of a feature, and the worst segments."""

import pandas as pd
import streamlit as st

from console.charts.segments import by_value
from console.components.chart_figure import show_chart
from console.components.chart_panels import show_csv_download
from console.formatting import display, tables
from console.views.quality import segments
from evaluation.result import Evaluation, Residuals

DEFAULT_COLUMN = "hr"
FORMATS: dict[str, tables.Formatter] = {
    "rows": tables.counts, "MAE": display.number, "times mean error": display.number,
    "bias": display.signed,
}  # fmt: skip


def show(result: Evaluation, residuals: Residuals) -> None:
    """Show the error by a chosen column beside the worst segments."""
    left, right = st.columns(2)
    with left:
        columns = sorted(residuals.by, key=lambda name: (name != DEFAULT_COLUMN, name))
        if columns:
            column = st.selectbox("Error by", columns, key="by", bind="query-params", width=220)
            groups = residuals.by[column]
            show_chart(by_value(column, groups), f"Error by {column}", key=f"by:{column}")
    with right:
        _show_worst_segments(result, residuals)


def _show_worst_segments(result: Evaluation, residuals: Residuals) -> None:
    worst = segments.find_worst(residuals)
    st.markdown("**Worst segments**")
    if not worst:
        st.caption("No segment of at least 5 rows is worse than the mean.")
        return
    top = worst[0]
    st.markdown(
        f"**{top.column} = {top.value}** is the worst: {display.number(top.times)} times "
        f"the mean error on {display.count(top.rows)} rows. Its excess error is "
        f"{display.percent(top.excess)} of the total error."
    )
    frame = pd.DataFrame(
        [
            {
                "segment": f"{segment.column} = {segment.value}",
                "rows": segment.rows,
                "MAE": segment.mae,
                "times mean error": segment.times,
                "bias": segment.bias,
                "excess error": segment.excess,
            }
            for segment in worst
        ]
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        tables.format_columns(frame, FORMATS), hide_index=True, height=250, key="segments",
        column_config={
            "MAE": number(help="Mean absolute error, in target units."),
            "bias": number(help="Mean of prediction minus actual, in target units."),
            "excess error": st.column_config.ProgressColumn(
                format="percent", min_value=0.0, max_value=1.0,
                help="The share of the total error that the segment has above the mean.",
            ),
        },
    )  # fmt: skip
    show_csv_download("segments.csv", lambda: frame, key=f"csv:segments:{result.evaluation_id}")
