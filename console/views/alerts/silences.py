"""Shows the silences, the form for a new one, and the buttons that expire them."""

import re
from datetime import UTC, datetime

import streamlit as st

from console import wiring
from console.adapters.alertmanager import Matcher, Silence
from console.components.refresh import redraw_page
from console.components.source_state import explain_errors, fetch_with_fallback, show_fetch_error
from console.formatting import display

MAX_EXPIRED = 30
HOURS = {"30 min": 0.5, "2 h": 2.0, "8 h": 8.0, "1 d": 24.0, "7 d": 168.0}
SIGN = re.compile(r"\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*")


def parse_matchers(text: str) -> list[Matcher]:
    """Parse matchers such as `alertname=A, job=~"b.*"`. Raises ValueError with the invalid part."""
    matchers = []
    for part in (part for part in re.split(r"[,\n]", text) if part.strip()):
        hit = SIGN.fullmatch(part)
        if hit is None or not hit[3].strip('"'):
            raise ValueError(part.strip())
        matchers.append(Matcher(hit[1], hit[3].strip('"'), hit[2].endswith("~"), hit[2][0] == "="))
    return matchers


def show() -> None:
    """Show the form for a new silence, the active silences and the expired ones."""
    _show_form()
    result = fetch_with_fallback("silences", wiring.alertmanager().silences)
    show_fetch_error(result)
    if result.value is None:
        return
    active = [silence for silence in result.value if silence.status.state != "expired"]
    st.subheader("Active silences", anchor=False)
    if not active:
        st.info("**No active silences.** All firing alerts send notifications.")
    for silence in sorted(active, key=_get_end):
        _show_silence(silence)
    past = [silence for silence in result.value if silence.status.state == "expired"]
    if past:
        with st.expander(f"Expired silences ({len(past)})"):
            for silence in sorted(past, key=_get_end, reverse=True)[:MAX_EXPIRED]:
                st.caption(f"{_write_matchers(silence)} · {silence.createdBy}: {silence.comment}")


def _show_form() -> None:
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
        matchers = parse_matchers(text)
    except ValueError as error:
        st.warning(
            f"`{error}` is not a matcher. Write label=value, label!=value or label=~pattern."
        )
        return
    if not matchers or not comment.strip():
        st.warning("Enter at least one matcher and a comment.")
        return
    with explain_errors():
        wiring.alertmanager().silence(matchers, HOURS[length], wiring.author(), comment.strip())
        st.toast(f"Silenced for {length}.")


def _show_silence(silence: Silence) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{_write_matchers(silence)}**  \n{silence.createdBy}: {silence.comment}",
            width="stretch",
        )
        left = (silence.endsAt - datetime.now(UTC)).total_seconds()
        st.caption(
            f"{silence.status.state}, ends in {display.age(max(0.0, left))}", width="content"
        )
        if st.button("Expire", key=f"expire:{silence.id}"):
            with explain_errors():
                wiring.alertmanager().expire(silence.id)
                redraw_page()


def _get_end(silence: Silence) -> datetime:
    return silence.endsAt


def _write_matchers(silence: Silence) -> str:
    return ", ".join(matcher.text for matcher in silence.matchers)
