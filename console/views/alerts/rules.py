"""The alerting rules with their state, what they compare and how far that is from firing."""

import math
import time
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from console import wiring
from console.adapters.prometheus import ActiveAlert, Rule
from console.adapters.query_cache import Question
from console.components.controls import latest, show_state
from console.formatting import display
from console.views.alerts.expressions import Comparison, comparison, is_number, margin, unit

ALWAYS = "always on"
ORDER = {"firing": 0, "pending": 1, "inactive": 2, ALWAYS: 3, "unknown": 4}
COLOURS = {"firing": "red", "pending": "orange"}


def show() -> None:
    found = latest("rules", wiring.prometheus().rules)
    show_state(found)
    if found.value is None:
        return
    if not found.value:
        st.info("**No alerting rules.** Add a rules file to the Prometheus configuration.")
        return
    rules = sorted(found.value, key=lambda rule: (ORDER.get(_state(rule), 4), rule.name))
    count = {state: sum(_state(rule) == state for rule in rules) for state in ORDER}
    cells = st.columns(3)
    for cell, state in zip(cells, ("firing", "pending", "inactive"), strict=True):
        cell.metric(state.capitalize(), count[state], help="Rules in this state.")
    for rule in rules:
        for alert in rule.alerts if _state(rule) != ALWAYS else ():
            _alert(rule, alert)
    distances = _distances(rules)
    listed = [_row(rule, *distances[rule.name]) for rule in rules]
    listed.sort(key=_nearest_first)
    frame = pd.DataFrame(listed)
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


def _nearest_first(row: dict[str, Any]) -> tuple[int, float, str]:
    """Firing, pending, then the inactive ones that are nearest to firing."""
    return ORDER.get(row["state"], len(ORDER)), -(row["of threshold"] or 0.0), row["rule"]


def _state(rule: Rule) -> str:
    """A rule of severity none that fires, a dead man's switch, is as it should be."""
    return (
        ALWAYS if rule.state == "firing" and rule.labels.get("severity") == "none" else rule.state
    )


def _alert(rule: Rule, alert: ActiveAlert) -> None:
    since = datetime.fromisoformat(alert.activeAt).timestamp() if alert.activeAt else math.nan
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(alert.state, color=COLOURS.get(alert.state, "gray"))  # type: ignore[arg-type]
            st.markdown(f"**{rule.name}**", width="content")
            st.caption(f"active for {display.age(time.time() - since)}", width="stretch")
            key = f"silence:{rule.name}:{sorted(alert.labels.items())}"
            st.button("Silence", key=key, on_click=_prefill, args=(alert.labels,))
        text = alert.annotations.get("description") or alert.annotations.get("summary", "")
        st.markdown(text)
        labels = " · ".join(f"{name} {value}" for name, value in sorted(alert.labels.items()))
        st.caption(labels)


def _prefill(labels: dict[str, str]) -> None:
    st.session_state["matchers"] = ", ".join(
        f"{name}={value}" for name, value in sorted(labels.items()) if name != "severity"
    )
    st.session_state["alerts_view"] = "Silences"
    st.session_state["whole_page"] = True


def _distances(rules: list[Rule]) -> dict[str, tuple[Comparison | None, float, float]]:
    """By rule: what it compares, the value nearest to firing, and the threshold."""
    sides = {rule.name: comparison(rule.query) for rule in rules}
    asked: dict[str, tuple[Question, Question]] = {
        name: (wiring.question(side.left, {}), wiring.question(side.right, {}))
        for name, side in sides.items()
        if side is not None
    }
    futures = wiring.ask(question for pair in asked.values() for question in pair)
    found: dict[str, tuple[Comparison | None, float, float]] = {}
    for name, side in sides.items():
        value = threshold = math.nan
        if side is not None:
            left, right = (futures[question].result().series for question in asked[name])
            threshold = right[0].last if right else math.nan
            values = [item.last for item in left if math.isfinite(item.last)]
            value = _nearest(values, side.operator)
        found[name] = (side, value, threshold)
    return found


def _nearest(values: list[float], operator: str) -> float:
    if not values:
        return math.nan
    return min(values) if operator in ("<", "<=") else max(values)


def _row(rule: Rule, side: Comparison | None, value: float, threshold: float) -> dict[str, Any]:
    near = margin(value, side.operator, threshold) if side is not None else math.nan
    # two moving sides that are held to be equal say nothing as two numbers, nor does a moment
    of = unit(side.left) if side is not None else ""
    plain = side is not None and of != "moment" and (
        side.operator not in ("==", "!=") or is_number(side.right)
    )  # fmt: skip
    return {
        "rule": rule.name,
        "state": _state(rule),
        "severity": rule.labels.get("severity", ""),
        "value": _written(value, of) if plain else "",
        "threshold": f"{side.operator} {_written(threshold, of)}" if side and plain else "",
        "of threshold": None if math.isnan(near) else round(min(1.0, near), 2),
        "for": display.age(rule.duration) if rule.duration else "immediately",
        "expression": rule.query,
        "error": rule.lastError,
    }


def _written(value: float, of: str) -> str:
    """A side of a comparison in its unit; a time of minutes is no number of seconds."""
    if of == "seconds" and abs(value) >= 60:
        return display.age(value)
    return display.quantity(of, value) if of else display.compact(value)
