"""Silences: what is silenced now, a new one, and the end of one before its time."""

import re
from datetime import UTC, datetime

import streamlit as st

from console import wiring
from console.adapters.alertmanager import Matcher, Silence
from console.components.controls import explain_errors, latest, show_state
from console.formatting import display

HOURS = {"30 min": 0.5, "2 h": 2.0, "8 h": 8.0, "1 d": 24.0, "7 d": 168.0}
SIGN = re.compile(r"\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*")


def matchers(text: str) -> list[Matcher]:
    """alertname=A, job=~"b.*" as matchers. Raises ValueError with the part that is none."""
    made = []
    for part in (part for part in re.split(r"[,\n]", text) if part.strip()):
        hit = SIGN.fullmatch(part)
        if hit is None or not hit[3].strip('"'):
            raise ValueError(part.strip())
        made.append(Matcher(hit[1], hit[3].strip('"'), hit[2].endswith("~"), hit[2][0] == "="))
    return made


def show() -> None:
    _new()
    found = latest("silences", wiring.alertmanager().silences)
    show_state(found)
    if found.value is None:
        return
    active = [item for item in found.value if item.status.state != "expired"]
    st.subheader("Active silences", anchor=False)
    if not active:
        st.info("**No active silences.** All firing alerts send notifications.")
    for item in sorted(active, key=lambda silence: silence.endsAt):
        _one(item)
    past = [item for item in found.value if item.status.state == "expired"]
    if past:
        with st.expander(f"Expired silences ({len(past)})"):
            for item in sorted(past, key=lambda silence: silence.endsAt, reverse=True)[:30]:
                st.caption(f"{_text(item)} · {item.createdBy}: {item.comment}")


def _new() -> None:
    with st.form("new_silence", border=True):
        st.markdown("**New silence** for alerts that match all matchers")
        text = st.text_input(
            "Matchers", key="matchers", placeholder='alertname=ModelDataDrift, job=~"bike.*"'
        )
        left, right = st.columns([1, 3])
        length = left.selectbox("Duration", list(HOURS), index=1, key="silence_for")
        comment = right.text_input(
            "Comment", key="silence_why", placeholder="The reason for this silence"
        )
        pressed = st.form_submit_button("Silence", type="primary")
    if not pressed:
        return
    try:
        wanted = matchers(text)
    except ValueError as error:
        st.warning(
            f"`{error}` is not a matcher. Write label=value, label!=value or label=~pattern."
        )
        return
    if not wanted or not comment.strip():
        st.warning("Enter at least one matcher and a comment.")
        return
    with explain_errors():
        wiring.alertmanager().silence(wanted, HOURS[length], wiring.author(), comment.strip())
        st.toast(f"Silenced for {length}.")


def _one(item: Silence) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_text(item)}**  \n{item.createdBy}: {item.comment}", width="stretch")
        left = (item.endsAt - datetime.now(UTC)).total_seconds()
        st.caption(f"{item.status.state}, ends in {display.age(max(0.0, left))}", width="content")
        if st.button("Expire", key=f"expire:{item.id}"):
            with explain_errors():
                wiring.alertmanager().expire(item.id)
                st.session_state["whole_page"] = True


def _text(item: Silence) -> str:
    return ", ".join(matcher.text for matcher in item.matchers)
