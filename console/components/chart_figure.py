"""Shows a Plotly figure with the page's theme, locale and zoom."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from console import charts
from console.components.refresh import redraw_page
from console.components.view_state import ViewState, zoom_into
from console.formatting import locale_numbers


def show_figure(
    figure: go.Figure,
    title: str,
    *,
    key: str,
    view: ViewState | None = None,
    alt: str | None = None,
) -> None:
    """Show a figure; with a `view`, a range that is selected in it becomes the page's zoom."""
    figure.update_layout(uirevision=key, separators=locale_numbers.separators())
    if st.context.theme.type == "dark":
        charts.adapt_to_dark(figure)
    if view is None:
        st.plotly_chart(figure, key=key, config={"displaylogo": False}, alt=alt or title)
        return
    figure.update_layout(dragmode="select", selectdirection="h")
    zone = view.zone

    def zoom() -> None:
        boxes = st.session_state[key]["selection"]["box"]
        if boxes:
            start, end = sorted(pd.Timestamp(str(edge)) for edge in boxes[0]["x"])
            zoom_into(_epoch_seconds(start, zone), _epoch_seconds(end, zone))
            redraw_page()

    st.plotly_chart(
        figure, key=key, on_select=zoom, selection_mode="box", alt=alt or title,
        config={"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "autoScale2d"]},
    )  # fmt: skip


def show_chart(figure: go.Figure, title: str, *, key: str, view: ViewState | None = None) -> None:
    """Show a figure under its title."""
    st.markdown(f"**{title}**")
    show_figure(figure, title, key=key, view=view)


def _epoch_seconds(local_time: pd.Timestamp, zone: str) -> float:
    moment = local_time.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    return float(moment.timestamp())
