"""Shows the firing alerts with their descriptions, and a link to the Alerts page."""

import streamlit as st

from console import wiring
from console.components.source_state import fetch_with_fallback
from console.formatting import display

MAX_ALERTS = 6
CRITICAL = "critical"


def show() -> None:
    """Show the firing alerts, critical ones first. No alerts and no answer look different."""
    answer = fetch_with_fallback("alerts", wiring.alertmanager().alerts)
    alerts = sorted(answer.value or [], key=lambda alert: not _is_critical(alert["labels"]))
    for alert in alerts[:MAX_ALERTS]:
        name = alert["labels"].get("alertname", "alert")
        silenced = " (silenced)" if alert["status"]["state"] == "suppressed" else ""
        text = alert["annotations"].get("description") or alert["annotations"].get("summary", "")
        show_alert = st.error if _is_critical(alert["labels"]) else st.warning
        show_alert(f"**{name}**{silenced}: {text}")
    if alerts:
        more = len(alerts) - MAX_ALERTS
        label = "Alerts" if more <= 0 else f"{display.count(more)} more alerts"
        st.page_link("views/alerts/page.py", label=label, icon=":material/arrow_forward:")
    if answer.error is not None:
        st.caption(f"Alerts are not available. {answer.error}")
    elif not alerts:
        st.caption("No firing alerts.")


def _is_critical(labels: dict[str, str]) -> bool:
    return labels.get("severity") == CRITICAL
