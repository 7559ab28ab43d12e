"""The last request of this session to a model: sent once, then shown until the next one."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from console.adapters.prediction_service import ModelCard, PredictionService, Reply
from console.errors import ConsoleError
from console.openapi.prediction import Prediction, read_prediction


@dataclass(frozen=True)
class Call:
    """A request that is ready to be sent; `preview` is a small copy of its picture."""

    run: Callable[[], Reply]
    preview: bytes | None = None
    picture_name: str = ""


@dataclass(frozen=True)
class Attempt:
    """A request that was sent: its prediction, or the error; `moment` in epoch seconds.

    `low_confidence` is the confidence below which the service marks a prediction.
    """

    call: Call
    moment: float
    seconds: float = 0.0
    prediction: Prediction | None = None
    low_confidence: float | None = None
    error: ConsoleError | None = None


def send(slot: str, call: Call, service: PredictionService) -> None:
    """Send a request and store its answer in the session."""
    st.session_state.pop(slot, None)
    with st.spinner("Waiting for the answer"):
        try:
            reply = call.run()
        except ConsoleError as error:
            st.session_state[slot] = Attempt(call, time.time(), error=error)
            return
        card = _card(service)
        prediction = read_prediction(reply.body, card.classes)
        st.session_state[slot] = Attempt(
            call, time.time(), reply.seconds, prediction, card.low_confidence
        )


def last(slot: str) -> Attempt | None:
    """Return the last request that was sent from this form."""
    attempt: Attempt | None = st.session_state.get(slot)
    return attempt


def _card(service: PredictionService) -> ModelCard:
    try:
        return service.card()
    except ConsoleError:
        # the answer is there: without the names of all classes it is shown all the same
        return ModelCard()
