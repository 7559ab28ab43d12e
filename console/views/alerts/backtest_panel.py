"""Shows how often and when an alert expression would have fired."""

import math

import pandas as pd
import streamlit as st

from console import charts, wiring
from console import series as frames
from console.components.chart_panels import Panel, download, show_figure, show_panels
from console.components.controls import Look, latest, show_answers
from console.formatting import display
from console.views.alerts import backtest
from console.views.alerts.backtest import AlertInterval
from console.views.alerts.expressions import find_comparison, is_number

EXAMPLE = "sum by (job) (rate(api_requests_total[1m])) > 5"
FOR = {"0 s": 0, "15 s": 15, "1 min": 60, "5 min": 300, "15 min": 900, "1 h": 3600}
MOST_ROWS = 500


def show(look: Look) -> None:
    """Show the expression to test and what it would have done."""
    rules = latest("rules", wiring.prometheus().rules).value or []
    rules_by_name = {rule.name: rule for rule in rules}

    def use_rule() -> None:
        rule = rules_by_name.get(st.session_state["backtest_rule"] or "")
        if rule is not None:
            st.session_state["expr"] = rule.query
            nearest = min(FOR, key=lambda name: abs(FOR[name] - rule.duration))
            st.session_state["hold"] = nearest

    left, right = st.columns([3, 1])
    with right:
        st.selectbox(
            "Start from a rule", list(rules_by_name), index=None, key="backtest_rule",
            on_change=use_rule, placeholder="none",
        )  # fmt: skip
        hold = st.selectbox("Fires after", list(FOR), index=1, key="hold", bind="query-params")
    with left:
        expression = st.text_area(
            "Alert expression", EXAMPLE, key="expr", height=120, bind="query-params"
        ).strip()
    if expression:
        _show_result(expression, FOR[hold], look)


def _show_result(expression: str, for_seconds: int, look: Look) -> None:
    parts = backtest.split_span(look.span.start, look.span.end)
    questions = [wiring.question(expression, {}, part) for part in parts]
    futures = wiring.ask(questions)
    answers = [futures[question].result() for question in questions]
    show_answers(*answers)
    if not all(answer.known for answer in answers):
        return
    step = parts[0].step
    series = backtest.join_series([answer.series for answer in answers])
    intervals = backtest.find_intervals(series, step, for_seconds)
    fired = [interval for interval in intervals if interval.fired_at is not None]
    _show_totals(fired, intervals, step, look)
    if intervals:
        bars = [bar for interval in intervals for bar in _build_bars(interval)]
        st.markdown("**Pending and firing times**")
        show_figure(
            charts.intervals(bars, look.span, zone=look.zone), "Pending and firing times",
            key=f"backtest:{look.key}", look=look,
        )  # fmt: skip
        frame = pd.DataFrame(
            [_build_row(interval, look.zone) for interval in intervals[:MOST_ROWS]]
        )
        with st.expander(f"All intervals ({len(intervals)})"):
            st.dataframe(frame, hide_index=True, key="backtest_times")
            download("backtest.csv", lambda: frame, key="csv:backtest")
    _show_compared_value(expression, look)
    _show_rule(expression, for_seconds)


def _show_totals(
    fired: list[AlertInterval], intervals: list[AlertInterval], step: int, look: Look
) -> None:
    length = display.age(look.span.seconds)
    cells = st.columns(4)
    cells[0].metric(f"Would have fired in {length}", f"{len(fired)}×")
    total = sum(interval.end - (interval.fired_at or interval.end) for interval in fired)
    cells[1].metric("Total firing time", display.age(total), help="All series together.")
    longest = max((interval.end - interval.start for interval in intervals), default=0.0)
    cells[2].metric("Longest interval", display.age(longest), help="Pending and firing.")
    cells[3].metric("Pending only", f"{len(intervals) - len(fired)}×")
    st.caption(
        f"Evaluated every {step} s. Prometheus uses its own evaluation interval, so the two can "
        "differ on shorter intervals."
    )


def _build_bars(interval: AlertInterval) -> list[charts.Interval]:
    fired = interval.end if interval.fired_at is None else interval.fired_at
    bars = [charts.Interval(interval.name, "pending", interval.start, fired, interval.name)]
    if interval.fired_at is not None:
        bars.append(
            charts.Interval(interval.name, "firing", interval.fired_at, interval.end, interval.name)
        )
    return bars


def _build_row(interval: AlertInterval, zone: str) -> dict[str, object]:
    return {
        "series": interval.name,
        "start": display.moment(interval.start, zone),
        "end": display.moment(interval.end, zone),
        "fired at": display.moment(interval.fired_at, zone)
        if interval.fired_at is not None
        else "",
        "duration": display.age(interval.end - interval.start),
    }


def _show_compared_value(expression: str, look: Look) -> None:
    parts = find_comparison(expression)
    if parts is None:
        return
    if is_number(parts.right):
        threshold: float | None = float(parts.right)
    else:
        threshold_question = wiring.question(parts.right, {})
        value = frames.single(wiring.ask([threshold_question])[threshold_question].result().series)
        threshold = value if math.isfinite(value) else None
    question = wiring.question(parts.left, {}, look.span)
    description = "The left side of the comparison, with its threshold."
    panel = Panel(
        "Compared value", "", description, [("", question)], threshold=threshold,
        empty="The backtest can't tell whether the rule would have fired: no series here.",
    )  # fmt: skip
    show_panels([panel], look, columns=1)


def _show_rule(expression: str, for_seconds: int) -> None:
    with st.expander("Alerting rule", expanded=True):
        cells = st.columns([2, 1, 3])
        name = cells[0].text_input("Name", "NewAlert", key="rule_name")
        severity = cells[1].selectbox("Severity", ("warning", "critical"), key="rule_severity")
        summary = cells[2].text_input("Summary", "Describe the problem", key="rule_summary")
        text = backtest.write_rule(name, expression, for_seconds, severity, summary)
        st.code(text, language="yaml")
