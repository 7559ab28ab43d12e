"""Sends feedback on a prediction once: right or wrong, or the ground truth."""

import dataclasses
import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from console.adapters.prediction_service import PredictionService
from console.errors import ConsoleError
from console.openapi.fields import InputField
from console.openapi.prediction import Prediction
from console.openapi.service_api import NEGATIVE, POSITIVE, FeedbackApi
from console.views.try_it import failures, field_widgets

RECORDED, FAILED = "recorded", "failed"


def show(
    service: PredictionService, api: FeedbackApi | None, prediction: Prediction, slot: str
) -> None:
    """Show the feedback that the service takes; what was recorded takes its place."""
    if api is None or prediction.prediction_id is None:
        reason = "takes no feedback" if api is None else "answers no prediction_id"
        st.caption(f"No feedback: the service {reason}.")
        return
    st.markdown("**Feedback**")
    key = f"{slot}:feedback:{prediction.prediction_id}"
    state, detail = st.session_state.get(key, ("", None))
    if state == RECORDED:
        st.success(f"**Feedback recorded.** {detail}")
        return
    if api.votes:
        _show_votes(service, api, prediction, key)
    elif api.truth is not None:
        _show_truth(service, api.truth, prediction, key)
    if state == FAILED:
        error, moment = detail
        failures.show(error, moment)


def _show_votes(
    service: PredictionService, api: FeedbackApi, prediction: Prediction, key: str
) -> None:
    def vote(feedback: str) -> None:
        label = st.session_state.get(f"{key}:label")
        comment = (st.session_state.get(f"{key}:comment") or "").strip()
        body = {"prediction_id": prediction.prediction_id, "feedback": feedback}
        if label is not None and feedback == NEGATIVE:
            body["label"] = label
        if comment:
            body["comment"] = comment
        text = {POSITIVE: "Right.", NEGATIVE: "Wrong."}[feedback]
        _send(service, key, body, f"{text} Right class: {label}." if "label" in body else text)

    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.button("Right", key=f"{key}:right", icon=":material/thumb_up:",
                  on_click=vote, args=(POSITIVE,))  # fmt: skip
        st.button("Wrong", key=f"{key}:wrong", icon=":material/thumb_down:",
                  on_click=vote, args=(NEGATIVE,))  # fmt: skip
        others = [name for name in api.label.choices if name != prediction.outcome] \
            if api.label is not None else []  # fmt: skip
        if others:
            st.selectbox(
                "Right class (optional)", others, None, key=f"{key}:label", width=190,
                help="Sent with Wrong. It counts as the ground truth of this prediction.",
            )  # fmt: skip
    if api.comment:
        st.text_input("Comment (optional)", key=f"{key}:comment", max_chars=500)


def _show_truth(
    service: PredictionService, truth: InputField, prediction: Prediction, key: str
) -> None:
    def send() -> None:
        value, _ = field_widgets.read(truth, st.session_state.get(f"{key}:truth"))
        if value is not None:
            body = {"prediction_id": prediction.prediction_id, "truth": value}
            _send(service, key, body, f"Ground truth: {value}.")

    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        # without the example: a truth that nobody entered would count
        field = dataclasses.replace(truth, name="Ground truth", example=None)
        field_widgets.show(field, f"{key}:truth")
        st.button("Send ground truth", key=f"{key}:send", on_click=send)


def _send(service: PredictionService, key: str, body: Mapping[str, Any], text: str) -> None:
    """Send it unless it was recorded already, as by the first click of a double click."""
    if st.session_state.get(key, ("", None))[0] == RECORDED:
        return
    try:
        service.send_feedback(body)
    except ConsoleError as error:
        st.session_state[key] = FAILED, (error, time.time())
    else:
        st.session_state[key] = RECORDED, text
