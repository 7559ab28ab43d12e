"""Backtest: how often and when an expression would have fired, before anybody saves it."""

import math

import pandas as pd
import streamlit as st

from console import charts, wiring
from console import series as frames
from console.components.chart_panels import Panel, download, show_figure, show_panels
from console.components.controls import Look, latest, show_answers
from console.formatting import display
from console.views.alerts import backtest
from console.views.alerts.backtest import Held
from console.views.alerts.expressions import comparison, is_number

EXAMPLE = "sum by (job) (rate(api_requests_total[1m])) > 5"
FOR = {"0 s": 0, "15 s": 15, "1 min": 60, "5 min": 300, "15 min": 900, "1 h": 3600}
MOST_ROWS = 500


def show(look: Look) -> None:
    rules = latest("rules", wiring.prometheus().rules).value or []
    known = {rule.name: rule for rule in rules}

    def choose() -> None:
        rule = known.get(st.session_state["backtest_rule"] or "")
        if rule is not None:
            st.session_state["expr"] = rule.query
            near = min(FOR, key=lambda name: abs(FOR[name] - rule.duration))
            st.session_state["hold"] = near

    left, right = st.columns([3, 1])
    with right:
        st.selectbox(
            "Start from a rule", list(known), index=None, key="backtest_rule", on_change=choose,
            placeholder="none",
        )  # fmt: skip
        hold = st.selectbox("Fires after", list(FOR), index=1, key="hold", bind="query-params")
    with left:
        expression = st.text_area(
            "Alert expression", EXAMPLE, key="expr", height=120, bind="query-params"
        ).strip()
    if expression:
        _result(expression, FOR[hold], look)


def _result(expression: str, for_seconds: int, look: Look) -> None:
    parts = backtest.spans(look.span.start, look.span.end)
    questions = [wiring.question(expression, {}, part) for part in parts]
    futures = wiring.ask(questions)
    answers = [futures[question].result() for question in questions]
    show_answers(*answers)
    if not all(answer.known for answer in answers):
        return
    step = parts[0].step
    series = backtest.joined([answer.series for answer in answers])
    held = backtest.held(series, step, for_seconds)
    fired = [item for item in held if item.fired_at is not None]
    _numbers(fired, held, step, look)
    if held:
        bars = [bar for item in held for bar in _bars(item)]
        st.markdown("**Pending and firing times**")
        show_figure(
            charts.intervals(bars, look.span, zone=look.zone), "Pending and firing times",
            key=f"backtest:{look.key}", look=look,
        )  # fmt: skip
        frame = pd.DataFrame([_row(item, look.zone) for item in held[:MOST_ROWS]])
        with st.expander(f"All intervals ({len(held)})"):
            st.dataframe(frame, hide_index=True, key="backtest_times")
            download("backtest.csv", lambda: frame, key="csv:backtest")
    _value(expression, look)
    _rule(expression, for_seconds)


def _numbers(fired: list[Held], held: list[Held], step: int, look: Look) -> None:
    length = display.age(look.span.seconds)
    cells = st.columns(4)
    cells[0].metric(f"Would have fired in {length}", f"{len(fired)}×")
    total = sum(item.end - (item.fired_at or item.end) for item in fired)
    cells[1].metric("Total firing time", display.age(total), help="All series together.")
    longest = max((item.end - item.start for item in held), default=0.0)
    cells[2].metric("Longest interval", display.age(longest), help="Pending and firing.")
    cells[3].metric("Pending only", f"{len(held) - len(fired)}×")
    st.caption(
        f"Evaluated every {step} s. Prometheus uses its own evaluation interval, so the two can "
        "differ on shorter intervals."
    )


def _bars(item: Held) -> list[charts.Interval]:
    fired = item.end if item.fired_at is None else item.fired_at
    made = [charts.Interval(item.name, "pending", item.start, fired, item.name)]
    if item.fired_at is not None:
        made.append(charts.Interval(item.name, "firing", item.fired_at, item.end, item.name))
    return made


def _row(item: Held, zone: str) -> dict[str, object]:
    return {
        "series": item.name,
        "start": display.moment(item.start, zone),
        "end": display.moment(item.end, zone),
        "fired at": display.moment(item.fired_at, zone) if item.fired_at is not None else "",
        "duration": display.age(item.end - item.start),
    }


def _value(expression: str, look: Look) -> None:
    side = comparison(expression)
    if side is None:
        return
    if is_number(side.right):
        threshold: float | None = float(side.right)
    else:
        asked = wiring.question(side.right, {})
        value = frames.single(wiring.ask([asked])[asked].result().series)
        threshold = value if math.isfinite(value) else None
    question = wiring.question(side.left, {}, look.span)
    text = "The left side of the comparison, with its threshold."
    item = Panel(
        "Compared value", "", text, [("", question)], threshold=threshold,
        empty="The backtest can't tell whether the rule would have fired: no series here.",
    )  # fmt: skip
    show_panels([item], look, columns=1)


def _rule(expression: str, for_seconds: int) -> None:
    with st.expander("Alerting rule", expanded=True):
        cells = st.columns([2, 1, 3])
        name = cells[0].text_input("Name", "NewAlert", key="rule_name")
        severity = cells[1].selectbox("Severity", ("warning", "critical"), key="rule_severity")
        summary = cells[2].text_input("Summary", "Describe the problem", key="rule_summary")
        text = backtest.rule_yaml(name, expression, for_seconds, severity, summary)
        st.code(text, language="yaml")
