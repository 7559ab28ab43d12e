"""The table of all evaluations, with filters and pages. The URL has the selected rows."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from console.adapters.model_service import EvaluationStatus
from console.components.refresh import retry_until_available
from console.components.source_state import fetch_with_fallback, show_fetch_error
from console.components.view_state import time_zone
from console.evaluations.protocol import Evaluator
from console.formatting import display
from console.models.discovery import Model

ROWS = 15
ALL = "all"
STATES = (ALL, "succeeded", "failed", "cancelled", "interrupted")
VERDICTS = (ALL, "drift", "no drift", "not enough data")
PUBLISHED = {ALL: "", "published": "true", "not published": "false"}


def show(service: Evaluator, model: Model) -> None:
    """Show the filters and one page of the table."""
    filters = _choose_filters()
    chosen_filters = repr(sorted(filters.items()))
    number = st.session_state.get("page_number", 1)
    if st.session_state.get("filters_before", chosen_filters) != chosen_filters:
        number = st.session_state["page_number"] = 1
    st.session_state["filters_before"] = chosen_filters
    result = fetch_with_fallback(
        f"page:{model.name}:{chosen_filters}:{number}",
        lambda: service.page(ROWS, (number - 1) * ROWS, **filters),
    )
    show_fetch_error(result)
    if result.error is not None:
        retry_until_available(lambda: service.page(1))
    page = result.value
    if page is None:
        return
    if not page.total:
        st.info("**No evaluations.** " + ("Change the filters to see more." if filters else
                                          "Evaluate the model first."))  # fmt: skip
        return
    _show_rows(page.evaluations, key=f"reports:{chosen_filters}:{number}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{_write_count(page.total)}. Tick one to open it, or two to compare them. "
                   "The page URL opens the same selection.", width="stretch")  # fmt: skip
        pages = -(-page.total // ROWS)
        if pages > 1:
            st.pagination(pages, key="page_number")


def _show_rows(statuses: list[EvaluationStatus], key: str) -> None:
    def open_selected() -> None:
        rows = st.session_state[key]["selection"]["rows"][:2]
        ids = ",".join(statuses[row].evaluation_id for row in rows)
        if ids:
            st.query_params["evaluation"] = ids
        else:
            st.query_params.pop("evaluation", None)

    opened = st.query_params.get("evaluation", "").split(",")
    ticked = [row for row, status in enumerate(statuses) if status.evaluation_id in opened]
    st.dataframe(
        pd.DataFrame([_build_row(status) for status in statuses]), hide_index=True,
        height="content", on_select=open_selected, selection_mode="multi-row", key=key,
        selection_default={"selection": {"rows": ticked}},
    )  # fmt: skip


def _write_count(total: int) -> str:
    return "1 evaluation" if total == 1 else f"{display.count(total)} evaluations"


def _choose_filters() -> dict[str, str]:
    """Show the filters, which are in the URL, and return those that are set for the service."""
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
    """Return the start of the day that is `later` days after `day`, in the reader's time zone."""
    if not isinstance(day, date):
        return ""
    start = day + timedelta(days=later)
    return datetime(start.year, start.month, start.day, tzinfo=ZoneInfo(time_zone())).isoformat()


def _build_row(status: EvaluationStatus) -> dict[str, object]:
    return {
        "created": display.moment(status.created_at, time_zone()),
        "name": status.name or status.source,
        "verdict": status.verdict or "",
        "state": status.state,
        "tags": status.tags,
        "comment": status.comment or "",
        "source": status.source,
        "published": status.published,
        "synthetic": status.synthetic,
        "version": status.model_version[:8],
        "error": str((status.error or {}).get("message", "")),
    }
