"""Shows which models were never evaluated, and when the numbers were updated."""

import streamlit as st

from console.formatting import display
from console.views.overview.fleet_rows import Facts


def show(facts: list[Facts], fetched_at: float, zone: str) -> None:
    """Name the models that were never evaluated, and say when the numbers were updated."""
    never = [
        item.name for item in facts
        if item.evaluated_at != item.evaluated_at and item.up and "drift" not in item.gauges
    ]  # fmt: skip
    if never:
        names = ", ".join(never[:5]) + (f" and {len(never) - 5} more" if len(never) > 5 else "")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Never evaluated: {names}. Quality and drift are unknown.",
                       width="content")  # fmt: skip
            st.page_link("views/evaluate/page.py", label="Evaluate", icon=":material/play_arrow:")
    st.caption("Requests, errors and latency of the last minute; quality and drift of the last "
               f"published evaluation. Updated {display.moment(fetched_at, zone)}. Click a number "
               "for details.")  # fmt: skip
