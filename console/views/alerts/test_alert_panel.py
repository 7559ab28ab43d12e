"""Fires a test alert with a synthetic evaluation and follows each step to its end."""

import time
from typing import Any

import streamlit as st

from console import wiring
from console.adapters.alertmanager import Alertmanager
from console.components.refresh import auto_refresh
from console.components.source_state import explain_errors, fetch_with_fallback, show_query_errors
from console.components.view_state import time_zone
from console.formatting import display
from console.models.discovery import Model
from console.series import Span
from console.views.alerts.test_alert import Step, build_steps
from promql import alert_series, evaluations

EXPIRES = {"1 min": 60, "2 min": 120, "5 min": 300}
POLL_SECONDS = 3
FOLLOWED_SECONDS = 1800
STEP_SECONDS = 5
EVALUATION_SLACK_SECONDS = 60


def show(model: Model) -> None:
    """Show the button that fires a test alert, and the steps of the last one."""
    st.markdown(
        "A test alert evaluates real rows of another season and publishes the result, **marked as "
        "synthetic**. The drift alerts must fire. When it expires, the metrics return "
        "automatically to the last published evaluation."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        expires = st.selectbox(
            "Expires after", list(EXPIRES), index=1, key="expires", width=160, bind="query-params"
        )
        pressed = st.button("Fire a test alert", type="primary", key="fire")
    if pressed:
        with explain_errors(), st.spinner("Evaluating the test rows"):
            wiring.service(model).trigger_drift(EXPIRES[expires])
            st.query_params["fired"] = str(round(time.time()))
    try:
        fired_at = float(st.query_params.get("fired", ""))
    except ValueError:
        return
    is_over = time.time() - fired_at > FOLLOWED_SECONDS
    auto_refresh(lambda: _follow(model, fired_at), None if is_over else POLL_SECONDS)


def _follow(model: Model, fired_at: float) -> None:
    now = time.time()
    step = STEP_SECONDS
    end = min(now, fired_at + FOLLOWED_SECONDS)
    # the gauges are set shortly before the service answers
    span = Span(fired_at // step * step - step, end // step * step, step)
    synthetic = wiring.build_request(evaluations.SYNTHETIC, model.labels, span)
    alerts = wiring.build_request(alert_series.ALERTS_NOW, model.labels, span)
    earlier = wiring.build_request(alert_series.FIRING, model.labels, at=span.start - step)
    futures = wiring.submit([synthetic, alerts, earlier])
    answers = [futures[request].result() for request in (synthetic, alerts, earlier)]
    show_query_errors(*answers)
    ignored = {series.labels.get("alertname") for series in answers[2].series}
    counted = [
        series for series in answers[1].series if series.labels.get("alertname") not in ignored
    ]
    alertmanager_alerts = fetch_with_fallback(
        "alerts", lambda: _fetch_alerts(wiring.alertmanager(), model)
    )
    progress = build_steps(
        fired_at, answers[0].series, counted, alertmanager_alerts.value or [], now, step
    )
    _show_steps(progress, fired_at)
    if ignored:
        st.caption(f"Already firing before the test, ignored: {', '.join(map(str, ignored))}.")
    if alertmanager_alerts.error is not None:
        st.caption(f"The notification could not be checked: {alertmanager_alerts.error}")


def _fetch_alerts(alertmanager: Alertmanager, model: Model) -> list[dict[str, Any]]:
    return [item for item in alertmanager.alerts() if item["labels"].get("job") == model.job]


def _show_steps(progress: list[Step], fired_at: float) -> None:
    next_step = next((step.name for step in progress if step.at is None), None)
    cells = st.columns(len(progress))
    for cell, step in zip(cells, progress, strict=True):
        with cell, st.container(border=True):
            if step.at is not None:
                st.badge("done", icon=":material/check:", color="green")
            elif step.name == next_step:
                st.badge("waiting", icon=":material/hourglass_empty:", color="orange")
            else:
                st.badge("not yet", color="gray")
            st.markdown(f"**{step.name}**")
            if step.at is not None:
                delay = f"after {display.age(max(0.0, step.at - fired_at))}"
                st.caption(f"{display.moment(step.at, time_zone())}, {delay}. {step.text}")
    if next_step is None:
        st.success("All steps are done. Alerts reach Alertmanager.")
