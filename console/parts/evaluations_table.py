"""All evaluations in a table, filtered and paged; what is ticked goes into the URL."""

import pandas as pd
import streamlit as st

from console import wiring, words
from console.adapters.model_service import ModelService, Page, Status
from console.widgets import latest, show_state, try_again, zone

ROWS = 15
STATES = ("all", "succeeded", "failed", "cancelled", "interrupted")


def show(service: ModelService, model: wiring.Model) -> None:
    left, middle = st.columns([1, 3], vertical_alignment="bottom")
    state = left.selectbox("State", STATES, key="state", bind="query-params")
    filters = {} if state == "all" else {"state": state}
    with middle:
        number = st.session_state.get("page_number", 1)
    found: Page | None = None
    page = latest(
        f"page:{model.name}:{state}:{number}",
        lambda: service.page(ROWS, (number - 1) * ROWS, **filters),
    )
    show_state(page)
    if page.error is not None:
        try_again(lambda: service.page(1))
    found = page.value
    if found is None:
        return
    if not found.total:
        st.info("**No evaluation.** " + ("Nothing was evaluated yet." if state == "all" else
                                         f"None {state}: choose another state."))  # fmt: skip
        return
    listed = found.evaluations

    def chosen() -> None:
        rows = st.session_state[key]["selection"]["rows"][:2]
        ids = ",".join(listed[row].evaluation_id for row in rows)
        if ids:
            st.query_params["evaluation"] = ids
        else:
            st.query_params.pop("evaluation", None)

    key = f"reports:{state}:{number}"
    st.dataframe(
        pd.DataFrame([_row(item) for item in listed]), hide_index=True, height="content",
        on_select=chosen, selection_mode="multi-row", key=key,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{found.total:,} evaluations. Tick one to open it, two to compare them; the "
                   "address then opens exactly this.", width="stretch")  # fmt: skip
        pages = -(-found.total // ROWS)
        if pages > 1:
            st.pagination(pages, key="page_number")


def _row(item: Status) -> dict[str, object]:
    return {
        "made": words.moment(item.created_at, zone()),
        "name": item.name or item.source,
        "verdict": item.verdict or "",
        "state": item.state,
        "source": item.source,
        "published": item.published,
        "synthetic": item.synthetic,
        "version": item.model_version[:8],
        "trouble": str((item.error or {}).get("message", "")),
    }
