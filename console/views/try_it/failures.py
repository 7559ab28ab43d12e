"""Says why a request has no answer, and what to do: by the status that the service returned."""

import logging

import streamlit as st

from console.components.view_state import time_zone
from console.errors import (
    ConsoleError,
    RequestRejected,
    SourceFailed,
    SourceTimedOut,
    SourceUnreachable,
)
from console.formatting import display

log = logging.getLogger(__name__)
MAX_LINES = 10
TOKEN = "Set BELVEDERE_API_TOKEN of the console to the token of the service."
REJECTED = {
    401: ("Token missing or wrong", TOKEN),
    403: ("Not allowed", TOKEN),
    404: ("Not in the log", "The service does not know what the request names."),
    409: ("Conflict", "The state of the service changed. Send a new request."),
    413: ("Too large", "Send a smaller file."),
    415: ("Unsupported format", "Send a file in one of the formats that the service names."),
    422: ("Invalid input", "Correct it and send it again."),
    429: ("Too many requests", "Wait a few seconds, then send it again."),
}
OTHER = ("Request rejected", "Correct it and send it again.")


def show(error: ConsoleError, moment: float) -> None:
    """Show the failure of a request that was sent at `moment` (epoch seconds)."""
    state, advice, lines, severe = explain(error)
    text = "\n".join([f"**{state}.** {lines[0]} {advice}", *[f"- {line}" for line in lines[1:]]])
    if severe:
        log.warning("%s", error)
    (st.error if severe else st.warning)(text)
    st.caption(f"Sent once at {display.moment(moment, time_zone())}.")


def explain(error: ConsoleError) -> tuple[str, str, list[str], bool]:
    """Return the state, the advice, the lines of the reason, and whether the service failed."""
    if isinstance(error, RequestRejected):
        state, advice = REJECTED.get(error.status, OTHER)
        if len(error.problems) > 1:
            count = display.count(len(error.problems))
            return state, advice, [f"{count} problems.", *error.problems[:MAX_LINES]], False
        return state, advice, [_sentence(error.reason)], False
    if isinstance(error, SourceTimedOut):
        advice = "The service may still have logged it. Send it again, or look at Traffic."
        return "No answer in time", advice, [_sentence(str(error))], True
    if isinstance(error, SourceUnreachable):
        return "Service unreachable", "Nothing was logged.", [_sentence(str(error))], True
    if isinstance(error, SourceFailed) and error.status == 503:
        advice = "Nothing was logged. Send it again when the service is ready."
        return "Service unavailable", advice, [_sentence(error.reason)], True
    return "Service failed", "Its log says more.", [_sentence(str(error))], True


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
