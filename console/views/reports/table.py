"""All evaluations in a table, filtered and paged; what is ticked goes into the URL."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from console.adapters.model_service import Status
from console.components.controls import latest, show_state, try_again, zone
from console.evaluations.protocol import Evaluator
from console.formatting import display
from console.models.discovery import Model

ROWS = 15
ALL = "all"
STATES = (ALL, "succeeded", "failed", "cancelled", "interrupted")
VERDICTS = (ALL, "drift", "no drift", "not enough data")
PUBLISHED = {ALL: "", "published": "true", "not published": "false"}


def show(service: Evaluator, model: Model) -> None:
    filters = _filters()
    chosen_filters = repr(sorted(filters.items()))
    number = st.session_state.get("page_number", 1)
    if st.session_state.get("filters_before", chosen_filters) != chosen_filters:
        number = st.session_state["page_number"] = 1
    st.session_state["filters_before"] = chosen_filters
    page = latest(
        f"page:{model.name}:{chosen_filters}:{number}",
        lambda: service.page(ROWS, (number - 1) * ROWS, **filters),
    )
    show_state(page)
    if page.error is not None:
        try_again(lambda: service.page(1))
    found = page.value
    if found is None:
        return
    if not found.total:
        st.info("**No evaluations.** " + ("Change the filters to see more." if filters else
                                          "Evaluate the model first."))  # fmt: skip
        return
    listed = found.evaluations

    def chosen() -> None:
        rows = st.session_state[key]["selection"]["rows"][:2]
        ids = ",".join(listed[row].evaluation_id for row in rows)
        if ids:
            st.query_params["evaluation"] = ids
        else:
            st.query_params.pop("evaluation", None)

    key = f"reports:{chosen_filters}:{number}"
    opened = st.query_params.get("evaluation", "").split(",")
    ticked = [row for row, item in enumerate(listed) if item.evaluation_id in opened]
    st.dataframe(
        pd.DataFrame([_row(item) for item in listed]), hide_index=True, height="content",
        on_select=chosen, selection_mode="multi-row", key=key,
        selection_default={"selection": {"rows": ticked}},
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{_counted(found.total)}. Tick one to open it, or two to compare them. The "
                   "page URL opens the same selection.", width="stretch")  # fmt: skip
        pages = -(-found.total // ROWS)
        if pages > 1:
            st.pagination(pages, key="page_number")


def _counted(total: int) -> str:
    return "1 evaluation" if total == 1 else f"{display.count(total)} evaluations"


def _filters() -> dict[str, str]:
    """What was chosen, by the names that the service reads; all of it stands in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input("Name or source", key="text", width=190, bind="query-params")
        state = st.selectbox("State", STATES, key="state", width=130, bind="query-params")
        verdict = st.selectbox("Verdict", VERDICTS, key="verdict", width=150, bind="query-params")
        tag = st.text_input("Tag", key="tag", width=130, bind="query-params")
        published = st.selectbox(
            "Published", list(PUBLISHED), key="published", width=150, bind="query-params"
        )
        first = st.date_input("From day", None, key="since", width=140, bind="query-params")
        last = st.date_input("To day", None, key="until", width=140, bind="query-params")
    chosen = {
        "text": (text or "").strip(),
        "state": "" if state == ALL else state,
        "verdict": "" if verdict == ALL else verdict,
        "tag": (tag or "").strip(),
        "published": PUBLISHED[published],
        "since": _midnight(first, 0),
        "until": _midnight(last, 1),
    }
    return {name: value for name, value in chosen.items() if value}


def _midnight(day: object, later: int) -> str:
    """The start of a day by the reader's clock; a last day belongs to the stretch."""
    if not isinstance(day, date):
        return ""
    moved = day + timedelta(days=later)
    return datetime(moved.year, moved.month, moved.day, tzinfo=ZoneInfo(zone())).isoformat()


def _row(item: Status) -> dict[str, object]:
    return {
        "created": display.moment(item.created_at, zone()),
        "name": item.name or item.source,
        "verdict": item.verdict or "",
        "state": item.state,
        "tags": item.tags,
        "comment": item.comment or "",
        "source": item.source,
        "published": item.published,
        "synthetic": item.synthetic,
        "version": item.model_version[:8],
        "error": str((item.error or {}).get("message", "")),
    }
