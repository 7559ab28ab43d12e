"""Shows how often and when an alert expression would have fired."""

import math

import pandas as pd
import streamlit as st

from console import charts, wiring
from console.components.chart_figure import show_figure
from console.components.chart_panels import Panel, show_csv_download, show_panels
from console.components.source_state import fetch_with_fallback, show_query_errors
from console.components.view_state import ViewState
from console.formatting import display
from console.series import single_value
from console.views.alerts import backtest
from console.views.alerts.backtest import AlertInterval
from console.views.alerts.expressions import find_comparison, is_number

EXAMPLE = "sum by (job) (rate(api_requests_total[1m])) > 5"
FOR = {"0 s": 0, "15 s": 15, "1 min": 60, "5 min": 300, "15 min": 900, "1 h": 3600}
MAX_ROWS = 500


def show(view: ViewState) -> None:
    """Show the expression to test and what it would have done."""
    rules = fetch_with_fallback("rules", wiring.prometheus().rules).value or []
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
        _show_result(expression, FOR[hold], view)


def _show_result(expression: str, for_seconds: int, view: ViewState) -> None:
    parts = backtest.split_span(view.span.start, view.span.end)
    requests = [wiring.build_request(expression, {}, part) for part in parts]
    futures = wiring.submit(requests)
    results = [futures[request].result() for request in requests]
    show_query_errors(*results)
    if not all(result.available for result in results):
        return
    step = parts[0].step
    series = backtest.join_series([result.series for result in results])
    intervals = backtest.find_intervals(series, step, for_seconds)
    fired = [interval for interval in intervals if interval.fired_at is not None]
    _show_totals(fired, intervals, step, view)
    if intervals:
        bars = [bar for interval in intervals for bar in _build_bars(interval)]
        st.markdown("**Pending and firing times**")
        show_figure(
            charts.intervals(bars, view.span, zone=view.zone), "Pending and firing times",
            key=f"backtest:{view.key}", view=view,
        )  # fmt: skip
        frame = pd.DataFrame([_build_row(interval, view.zone) for interval in intervals[:MAX_ROWS]])
        with st.expander(f"All intervals ({len(intervals)})"):
            st.dataframe(frame, hide_index=True, key="backtest_times")
            show_csv_download("backtest.csv", lambda: frame, key="csv:backtest")
    _show_compared_value(expression, view)
    _show_rule(expression, for_seconds)


def _show_totals(
    fired: list[AlertInterval], intervals: list[AlertInterval], step: int, view: ViewState
) -> None:
    length = display.age(view.span.seconds)
    total = sum(interval.end - (interval.fired_at or interval.end) for interval in fired)
    longest = max((interval.end - interval.start for interval in intervals), default=0.0)
    with st.container(horizontal=True, gap="large"):
        for label, value, hint in (
            (f"Would have fired in {length}", f"{len(fired)}×", None),
            ("Total firing time", display.age(total), "All series together."),
            ("Longest interval", display.age(longest), "Pending and firing."),
            ("Pending only", f"{len(intervals) - len(fired)}×", None),
        ):
            st.metric(label, value, help=hint, width="content")
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


def _show_compared_value(expression: str, view: ViewState) -> None:
    parts = find_comparison(expression)
    if parts is None:
        return
    if is_number(parts.right):
        threshold: float | None = float(parts.right)
    else:
        threshold_question = wiring.build_request(parts.right, {})
        value = single_value(
            wiring.submit([threshold_question])[threshold_question].result().series
        )
        threshold = value if math.isfinite(value) else None
    request = wiring.build_request(parts.left, {}, view.span)
    description = "The left side of the comparison, with its threshold."
    panel = Panel(
        "Compared value", "", description, [("", request)], threshold=threshold,
        empty="The backtest can't tell whether the rule would have fired: no series here.",
    )  # fmt: skip
    show_panels([panel], view, columns=1)


def _show_rule(expression: str, for_seconds: int) -> None:
    with st.expander("Alerting rule", expanded=True):
        cells = st.columns([2, 1, 3])
        name = cells[0].text_input("Name", "NewAlert", key="rule_name")
        severity = cells[1].selectbox("Severity", ("warning", "critical"), key="rule_severity")
        summary = cells[2].text_input("Summary", "Describe the problem", key="rule_summary")
        text = backtest.write_rule(name, expression, for_seconds, severity, summary)
        st.code(text, language="yaml")
