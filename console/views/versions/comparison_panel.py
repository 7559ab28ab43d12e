"""Champion against challenger: the last comparison, all of them, and who served when."""

import time
from datetime import datetime

import streamlit as st
from plotly.graph_objects import Figure

from console import charts
from console.adapters import model_versions
from console.adapters.model_versions import Comparison, Told
from console.charts.versions import gains
from console.components import documented_chart
from console.components.alert_timeline import stretches
from console.components.chart_panels import panel, show_figure, show_panels
from console.components.controls import Look, zone
from console.formatting import display, locale_numbers
from console.models.discovery import Model
from console.series import Series
from promql import classifier, one_model

RULE = (
    "The challenger is trained on newer rows. Both are scored on the same held-out rows. The gain "
    "is the challenger's ROC AUC minus the champion's."
)
SCORES, GAINS = ("ROC AUC, champion", "ROC AUC, challenger"), ("gain", "lower", "upper")
FACTS = (("trained_at", "Trained"), ("training_rows", "Training rows"),
         ("training_month", "Training month"), ("algorithm", "Algorithm"))  # fmt: skip


def serving(told: Told) -> None:
    """The version that serves, its training, and the one that waits."""
    shown = [("Serving", told.version), ("Challenger", told.candidate or "none")]
    for name, label in FACTS:
        value = told.facts.get(name)
        if value is not None:
            shown.append((label, _written(name, value)))
    with st.container(horizontal=True, gap="large"):
        for label, value in shown:
            with st.container(width="content", gap=None):
                st.caption(label)
                st.markdown(f"**{value}**")


def _written(name: str, value: object) -> str:
    if name == "trained_at":
        return display.iso_moment(str(value), zone())
    return display.count(value) if isinstance(value, int) else str(value)


def compared(found: Comparison, told: Told) -> None:
    """The last comparison: on which rows, by how much, by which rule, and what was decided."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Champion and challenger", anchor=False, width="content")
        st.badge(found.decision, color="green" if found.promoted else "gray")
    of = f" of {', '.join(found.held_out_of)}" if found.held_out_of else ""
    age = time.time() - datetime.fromisoformat(found.compared_at).timestamp()
    rows = display.count(found.held_out_rows)
    st.markdown(
        f"Gain in ROC AUC on the same **{rows}** held-out rows{of}: "
        f"**{_gain(found.roc_auc_gain)}**{_interval(found)}. "
        f"Rule: `{found.rule}`, so {found.decision}."
    )
    st.caption(f"Compared {display.age(max(0.0, age))} ago. {RULE}")
    if told.version not in (found.champion.version, found.challenger.version):
        st.warning(
            f"Version {told.version} is serving, which is neither of the two. Compare again to "
            "include it."
        )
    number = st.column_config.NumberColumn
    st.dataframe(
        model_versions.sides(found, told.version), hide_index=True, key="sides",
        column_config={"ROC AUC": number(format="%.4f"), "log loss": number(format="%.4f")},
    )  # fmt: skip


def _gain(value: float) -> str:
    return locale_numbers.fixed(value, 4, signed=True)


def _interval(found: Comparison) -> str:
    if found.roc_auc_gain_lower is None or found.roc_auc_gain_upper is None:
        return ""
    method = f", {found.interval}" if found.interval else ""
    return (
        f" (95 % interval {_gain(found.roc_auc_gain_lower)} to {_gain(found.roc_auc_gain_upper)}"
        f"{method})"
    )


def every(told: Told) -> None:
    """All comparisons that the service keeps: the gains drawn, and a table of them."""
    listed = told.comparisons
    frame = model_versions.history(listed)
    about = f"n = {len(listed)} comparisons stored by the service · `GET /model`"
    documented_chart.head_of("Gain by comparison", RULE, about, lambda: frame, key="gains")
    show_figure(gains(listed, zone=zone()), "Gain by comparison", key="gains")
    number = st.column_config.NumberColumn
    st.dataframe(
        frame, hide_index=True, key="comparisons",
        column_config={
            "compared": st.column_config.DatetimeColumn(format="localized"),
            **dict.fromkeys(SCORES, number(format="%.4f")),
            **dict.fromkeys(GAINS, number(format="%+.4f")),
        },
    )  # fmt: skip


def over_time(model: Model, look: Look) -> None:
    """Which version served when, and which one waited."""
    none = "No challenger in this time range."

    def bars(state: str, found: list[Series]) -> Figure:
        span = look.span
        made = [
            charts.Interval(version[:12], state, start, end, f"{version} {state}")
            for series in found
            for start, end in stretches(series, span.step)
            for version in [series.labels.get("version", "unnamed")]
        ]
        return charts.intervals(made, span, zone=look.zone)

    shown = [
        panel(one_model.VERSIONS, look, model.labels, draw=lambda now, _: bars("serves", now)),
        panel(classifier.CANDIDATES, look, model.labels, empty=none,
              draw=lambda now, _: bars("waits", now)),
    ]  # fmt: skip
    show_panels(shown, look)
