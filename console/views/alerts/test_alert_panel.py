"""Test fire: a synthetic evaluation sets off the alerts, and each step is followed to its end."""

import time

import streamlit as st

from console import wiring
from console.adapters.alertmanager import Alertmanager
from console.components.controls import explain_errors, keep_fresh, latest, show_answers, zone
from console.formatting import display
from console.models.discovery import Model
from console.series import Span
from console.views.alerts.test_alert import Step, steps
from promql import one_model

EXPIRES = {"1 min": 60, "2 min": 120, "5 min": 300}
POLL_SECONDS = 3
FOLLOWED_SECONDS = 1800
STEP_SECONDS = 5
EVALUATION_SLACK_SECONDS = 60


def show(model: Model) -> None:
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
        fired = float(st.query_params.get("fired", ""))
    except ValueError:
        return
    over = time.time() - fired > FOLLOWED_SECONDS
    keep_fresh(lambda: _follow(model, fired), None if over else POLL_SECONDS)


def _follow(model: Model, fired: float) -> None:
    now = time.time()
    step = STEP_SECONDS
    end = min(now, fired + FOLLOWED_SECONDS)
    # the gauges were set a little before the answer came
    span = Span(fired // step * step - step, end // step * step, step)
    synthetic = wiring.question(one_model.SYNTHETIC, model.labels, span)
    alerts = wiring.question(one_model.ALERTS_NOW, model.labels, span)
    before = wiring.question(one_model.FIRING, model.labels, at=span.start - step)
    futures = wiring.ask([synthetic, alerts, before])
    found = [futures[question].result() for question in (synthetic, alerts, before)]
    show_answers(*found)
    old = {series.labels.get("alertname") for series in found[2].series}
    fresh = [series for series in found[1].series if series.labels.get("alertname") not in old]
    told = latest("alerts", _alerts_of(wiring.alertmanager(), model))
    listed = steps(fired, found[0].series, fresh, told.value or [], now, step)
    _draw(listed, fired)
    if old:
        st.caption(f"Already firing before the test, ignored: {', '.join(map(str, old))}.")
    if told.error is not None:
        st.caption(f"The notification could not be checked: {told.error}")


def _alerts_of(alertmanager: Alertmanager, model: Model):  # type: ignore[no-untyped-def]
    def fetch() -> list[dict[str, object]]:
        return [item for item in alertmanager.alerts() if item["labels"].get("job") == model.job]

    return fetch


def _draw(listed: list[Step], fired: float) -> None:
    waiting = next((step.name for step in listed if step.at is None), None)
    cells = st.columns(len(listed))
    for cell, step in zip(cells, listed, strict=True):
        with cell, st.container(border=True):
            if step.at is not None:
                st.badge("done", icon=":material/check:", color="green")
            elif step.name == waiting:
                st.badge("waiting", icon=":material/hourglass_empty:", color="orange")
            else:
                st.badge("not yet", color="gray")
            st.markdown(f"**{step.name}**")
            if step.at is not None:
                after = f"after {display.age(max(0.0, step.at - fired))}"
                st.caption(f"{display.moment(step.at, zone())}, {after}. {step.text}")
    if waiting is None:
        st.success("All steps are done. Alerts reach Alertmanager.")
