"""Shows the schedules: the next run, the last result, and the button that removes one."""

import time

import streamlit as st

from console.adapters.model_service import ModelService, Schedule
from console.components.source_state import fetch_with_fallback, show_fetch_error
from console.components.view_state import time_zone
from console.errors import RequestRejected
from console.formatting import display
from console.views.evaluate import request


def show(service: ModelService, model: str) -> None:
    """List the schedules of a model."""
    answer = fetch_with_fallback(f"schedules:{model}", service.schedules)
    show_fetch_error(answer)
    if answer.value is None:
        return
    if not answer.value:
        st.caption(
            "No schedules. To repeat an evaluation, choose the prediction log and press Repeat."
        )
        return
    with st.expander(f"Schedules ({len(answer.value)})", expanded=True):
        for schedule in answer.value:
            _show_schedule(service, schedule, model)


def _show_schedule(service: ModelService, schedule: Schedule, model: str) -> None:
    left = max(0.0, schedule.next_at - time.time())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**Every {display.age(60 * schedule.every_minutes)}**: "
            f"{request.describe(schedule.evaluation)}. Next run at "
            f"{display.moment(schedule.next_at, time_zone())}, in {display.age(left)}.",
            width="stretch",
        )
        if schedule.last_evaluation_id is not None:
            st.page_link(
                "views/reports/page.py", label="Last result", icon=":material/description:",
                query_params={"model": model, "evaluation": schedule.last_evaluation_id},
            )  # fmt: skip
        st.button(
            "Remove", key=f"unschedule:{schedule.schedule_id}", icon=":material/delete:",
            on_click=_remove, args=(service, schedule.schedule_id),
        )  # fmt: skip
    if schedule.last_problem:
        st.warning(f"The last run failed: {schedule.last_problem}")


def _remove(service: ModelService, schedule_id: str) -> None:
    try:
        service.remove_schedule(schedule_id)
    except RequestRejected as error:
        st.toast(str(error))
