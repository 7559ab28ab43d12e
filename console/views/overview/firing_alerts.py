"""The alerts that fire now, in their own words, and the way to the page that tells more."""

import streamlit as st

from console import wiring
from console.components.source_state import fetch_with_fallback
from console.formatting import display

MOST = 6
CRITICAL = "critical"


def show() -> None:
    """Critical ones first and in red; that none fires and that nobody knows are told apart."""
    found = fetch_with_fallback("alerts", wiring.alertmanager().alerts)
    listed = sorted(found.value or [], key=lambda alert: not _critical(alert["labels"]))
    for alert in listed[:MOST]:
        name = alert["labels"].get("alertname", "alert")
        silenced = " (silenced)" if alert["status"]["state"] == "suppressed" else ""
        text = alert["annotations"].get("description") or alert["annotations"].get("summary", "")
        say = st.error if _critical(alert["labels"]) else st.warning
        say(f"**{name}**{silenced}: {text}")
    if listed:
        more = len(listed) - MOST
        label = "Alerts" if more <= 0 else f"{display.count(more)} more alerts"
        st.page_link("views/alerts/page.py", label=label, icon=":material/arrow_forward:")
    if found.error is not None:
        st.caption(f"Alerts are not available. {found.error}")
    elif not listed:
        st.caption("No firing alerts.")


def _critical(labels: dict[str, str]) -> bool:
    return labels.get("severity") == CRITICAL
