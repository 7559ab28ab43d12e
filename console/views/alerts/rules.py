"""Shows the alerting rules: their state, their values and how near they are to firing."""

import math
import time
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from console import wiring
from console.adapters.prometheus_responses import ActiveAlert, Rule
from console.adapters.query_cache import QueryRequest
from console.components.refresh import redraw_page
from console.components.source_state import fetch_with_fallback, show_fetch_error
from console.formatting import display
from console.views.alerts.expressions import (
    Comparison,
    compute_margin,
    find_comparison,
    guess_unit,
    is_number,
)

ALWAYS = "always on"
ORDER = {"firing": 0, "pending": 1, "inactive": 2, ALWAYS: 3, "unknown": 4}
COLOURS = {"firing": "red", "pending": "orange"}


def show() -> None:
    """Show the number of rules by state, the firing and pending alerts, and a table of rules."""
    result = fetch_with_fallback("rules", wiring.prometheus().rules)
    show_fetch_error(result)
    if result.value is None:
        return
    if not result.value:
        st.info("**No alerting rules.** Add a rules file to the Prometheus configuration.")
        return
    rules = sorted(result.value, key=lambda rule: (ORDER.get(_get_state(rule), 4), rule.name))
    count = {state: sum(_get_state(rule) == state for rule in rules) for state in ORDER}
    with st.container(horizontal=True, gap="large"):
        for state in ("firing", "pending", "inactive"):
            st.metric(
                state.capitalize(), count[state], help="Rules in this state.", width="content"
            )
    for rule in rules:
        for alert in rule.alerts if _get_state(rule) != ALWAYS else ():
            _show_alert(rule, alert)
    distances = _measure_distances(rules)
    rows = [_build_row(rule, *distances[rule.name]) for rule in rules]
    rows.sort(key=_rank)
    frame = pd.DataFrame(rows)
    st.dataframe(
        frame, hide_index=True, height="content", key="rules",
        column_config={
            "value": st.column_config.TextColumn(
                help="The compared value of the series that is nearest to firing.",
            ),
            "threshold": st.column_config.TextColumn(width=110),
            "of threshold": st.column_config.ProgressColumn(
                min_value=0.0, max_value=1.0, format="percent",
                help="How near the value is to the threshold. 100 % is at or past it.",
            ),
        },
    )  # fmt: skip
    st.caption(
        "The rules nearest to firing come first. Rules that test for equality or absence, or "
        "that have no series, have no distance to a threshold."
    )


def _rank(row: dict[str, Any]) -> tuple[int, float, str]:
    """Return the sort key of a row: firing, pending, then inactive by nearness to firing."""
    return ORDER.get(row["state"], len(ORDER)), -(row["of threshold"] or 0.0), row["rule"]


def _get_state(rule: Rule) -> str:
    """Return the state of a rule; a firing rule of severity none (a watchdog) is always on."""
    return (
        ALWAYS if rule.state == "firing" and rule.labels.get("severity") == "none" else rule.state
    )


def _show_alert(rule: Rule, alert: ActiveAlert) -> None:
    since = datetime.fromisoformat(alert.activeAt).timestamp() if alert.activeAt else math.nan
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(alert.state, color=COLOURS.get(alert.state, "gray"))  # type: ignore[arg-type]
            st.markdown(f"**{rule.name}**", width="content")
            st.caption(f"active for {display.age(time.time() - since)}", width="stretch")
            key = f"silence:{rule.name}:{sorted(alert.labels.items())}"
            st.button("Silence", key=key, on_click=_prefill_silence, args=(alert.labels,))
        text = alert.annotations.get("description") or alert.annotations.get("summary", "")
        st.markdown(text)
        labels = " · ".join(f"{name} {value}" for name, value in sorted(alert.labels.items()))
        st.caption(labels)


def _prefill_silence(labels: dict[str, str]) -> None:
    st.session_state["matchers"] = ", ".join(
        f"{name}={value}" for name, value in sorted(labels.items()) if name != "severity"
    )
    st.session_state["alerts_view"] = "Silences"
    redraw_page()


def _measure_distances(rules: list[Rule]) -> dict[str, tuple[Comparison | None, float, float]]:
    """Return by rule its comparison, the value nearest to firing and the threshold."""
    comparisons = {rule.name: find_comparison(rule.query) for rule in rules}
    requests: dict[str, tuple[QueryRequest, QueryRequest]] = {
        name: (
            wiring.build_request(comparison.left, {}),
            wiring.build_request(comparison.right, {}),
        )
        for name, comparison in comparisons.items()
        if comparison is not None
    }
    futures = wiring.submit(request for pair in requests.values() for request in pair)
    distances: dict[str, tuple[Comparison | None, float, float]] = {}
    for name, comparison in comparisons.items():
        value = threshold = math.nan
        if comparison is not None:
            left, right = (futures[request].result().series for request in requests[name])
            threshold = right[0].last if right else math.nan
            values = [item.last for item in left if math.isfinite(item.last)]
            value = _pick_nearest(values, comparison.operator)
        distances[name] = (comparison, value, threshold)
    return distances


def _pick_nearest(values: list[float], operator: str) -> float:
    if not values:
        return math.nan
    return min(values) if operator in ("<", "<=") else max(values)


def _build_row(
    rule: Rule, comparison: Comparison | None, value: float, threshold: float
) -> dict[str, Any]:
    nearness = (
        compute_margin(value, comparison.operator, threshold)
        if comparison is not None
        else math.nan
    )
    # two changing sides of an equality, and points in time, say nothing as numbers
    unit = guess_unit(comparison.left) if comparison is not None else ""
    is_comparable = comparison is not None and unit != "moment" and (
        comparison.operator not in ("==", "!=") or is_number(comparison.right)
    )  # fmt: skip
    return {
        "rule": rule.name,
        "state": _get_state(rule),
        "severity": rule.labels.get("severity", ""),
        "value": _write_value(value, unit) if is_comparable else "",
        "threshold": f"{comparison.operator} {_write_value(threshold, unit)}"
        if comparison and is_comparable
        else "",
        "of threshold": None if math.isnan(nearness) else round(min(1.0, nearness), 2),
        "for": display.age(rule.duration) if rule.duration else "immediately",
        "expression": rule.query,
        "error": rule.lastError,
    }


def _write_value(value: float, unit: str) -> str:
    """Return one side of a comparison with its unit; longer durations in minutes and more."""
    if unit == "seconds" and abs(value) >= 60:
        return display.age(value)
    return display.with_unit(unit, value) if unit else display.compact(value)
