"""Overview: every model in one look: is it up, is it fast, is it right, does its input drift?"""

import math
import time

import streamlit as st

from console import charts, frames, wiring, words
from console.promql import catalogue
from console.promql.catalogue import Query
from console.widgets import keep_fresh, latest, no_models, show_chart, show_state, time_controls

NOW = (
    catalogue.UP, catalogue.REQUEST_RATE, catalogue.ERROR_RATIO, catalogue.LATENCY_P95,
    catalogue.RMSE, catalogue.MAE, catalogue.R2, catalogue.MAPE, catalogue.DRIFT_DETECTED,
    catalogue.DRIFT_SHARE, catalogue.EVALUATED_AT, catalogue.EVALUATED_ROWS, catalogue.SYNTHETIC,
)  # fmt: skip
OVER_TIME = (catalogue.REQUEST_RATE, catalogue.ERROR_RATIO, catalogue.LATENCY_P95, catalogue.RMSE)
VERDICT_COLOURS = {"drift": "orange", "no drift": "green"}


def render() -> None:
    title, controls = st.columns([2, 3], vertical_alignment="bottom")
    title.title("Overview")
    with controls:
        seconds, refresh = time_controls()
    keep_fresh(lambda: _models(seconds), refresh)


def _models(seconds: int) -> None:
    found = latest("models", wiring.models)
    show_state(found)
    if found.value is not None and not found.value:
        no_models()
    models = found.value or []
    for model in models:
        with st.container(border=True):
            _model(model, wiring.span(seconds), expanded=len(models) == 1)


def _model(model: wiring.Model, span: frames.Span, *, expanded: bool) -> None:
    def ask() -> tuple[dict[Query, float], dict[Query, list[frames.Series]]]:
        window = span.window
        texts = tuple(query.render(model.labels) for query in NOW)
        now = wiring.instants(texts)
        then = wiring.ranges(tuple(q.render(model.labels, window) for q in OVER_TIME), span)
        return (
            dict(zip(NOW, map(frames.single, now), strict=True)),
            dict(zip(OVER_TIME, then, strict=True)),
        )

    found = latest(f"overview:{model.name}:{model.job}", ask)
    if found.value is None:
        show_state(found)
        return
    now, then = found.value
    _head(model, now)
    show_state(found)
    _numbers(now, then)
    _alerts(model)
    with st.expander("Charts", expanded=expanded):
        cells = st.columns(2)
        for number, query in enumerate(OVER_TIME):
            text = query.render(model.labels, span.window)
            with cells[number % 2]:
                figure = charts.lines(then[query], query.unit)
                key = f"{model.name}:{model.job}:{query.title}"
                show_chart(figure, query.title, query=text, key=key)


def _head(model: wiring.Model, now: dict[Query, float]) -> None:
    verdict = words.verdict(now[catalogue.DRIFT_DETECTED], now[catalogue.EVALUATED_AT])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(model.name, anchor=False, width="content")
        up = now[catalogue.UP] == 1
        st.badge("up" if up else "down", color="green" if up else "red")
        st.badge(verdict, color=VERDICT_COLOURS.get(verdict, "gray"))  # type: ignore[arg-type]
        if now[catalogue.SYNTHETIC] == 1:
            st.badge("synthetic evaluation", color="violet", help=catalogue.SYNTHETIC.description)
        st.caption(f"version {model.version} · {model.task} · job {model.job}", width="content")
        st.page_link("views/drift.py", label="Drift", query_params={"model": model.name})


def _numbers(now: dict[Query, float], then: dict[Query, list[frames.Series]]) -> None:
    def trend(query: Query) -> list[float] | None:
        points = frames.without_gaps(then[query][0]) if then[query] else []
        return points if len(points) > 1 else None

    rate, errors, p95 = OVER_TIME[:3]
    share = now[catalogue.DRIFT_SHARE]
    cells = st.columns(5)
    shown = (
        ("Requests/s", words.number(now[rate]), rate, True),
        ("Errors (5xx)", words.percent(now[errors]), errors, True),
        ("Latency p95", words.duration(now[p95]), p95, True),
        ("RMSE", words.number(now[catalogue.RMSE]), catalogue.RMSE, True),
        ("Drifted features", words.percent(share), catalogue.DRIFT_SHARE, False),
    )
    for cell, (label, value, query, has_trend) in zip(cells, shown, strict=True):
        with cell:
            st.metric(
                label,
                value,
                help=f"{query.description} Unit: {query.unit or 'none'}.",
                chart_data=trend(query) if has_trend else None,
            )
    st.caption(_evaluated(now))


def _evaluated(now: dict[Query, float]) -> str:
    moment = now[catalogue.EVALUATED_AT]
    if math.isnan(moment):
        return "Never evaluated: open Drift and press Evaluate, or run `make evaluation`."
    return (
        f"MAE {words.number(now[catalogue.MAE])} · R2 {words.number(now[catalogue.R2])} · "
        f"MAPE {words.number(now[catalogue.MAPE])} % · evaluated {words.age(time.time() - moment)} "
        f"ago on {words.number(now[catalogue.EVALUATED_ROWS])} rows"
    )


def _alerts(model: wiring.Model) -> None:
    found = latest("alerts", wiring.alertmanager().alerts)
    mine = [alert for alert in found.value or [] if alert["labels"].get("job") in (model.job, None)]
    for alert in mine:
        name = alert["labels"].get("alertname", "alert")
        silenced = " (silenced)" if alert["status"]["state"] == "suppressed" else ""
        text = alert["annotations"].get("description") or alert["annotations"].get("summary", "")
        st.warning(f"**{name}**{silenced}: {text}")
    if found.error is not None:
        st.caption(f"Alerts are not known: {found.error}")
    elif not mine:
        st.caption("No alert fires.")


render()
