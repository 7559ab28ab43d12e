"""Shows champion and challenger: their comparisons and the versions over time."""

import time
from datetime import datetime

import streamlit as st
from plotly.graph_objects import Figure

from console import charts
from console.adapters import model_versions
from console.adapters.model_versions import ModelVersions, VersionComparison
from console.charts.versions import gains
from console.components import documented_chart
from console.components.alert_timeline import stretches
from console.components.chart_figure import show_figure
from console.components.chart_panels import panel, show_panels
from console.components.view_state import ViewState, time_zone
from console.formatting import display, locale_numbers
from console.models.discovery import Model
from console.series import Series
from promql import versions

RULE = (
    "The challenger is trained on newer rows. Both are scored on the same held-out rows. The gain "
    "is the challenger's ROC AUC minus the champion's."
)
SCORES, GAINS = ("ROC AUC, champion", "ROC AUC, challenger"), ("gain", "lower", "upper")
FACTS = (("trained_at", "Trained"), ("training_rows", "Training rows"),
         ("training_month", "Training month"), ("algorithm", "Algorithm"))  # fmt: skip


def show_serving(service_model: ModelVersions) -> None:
    """Show the serving version, its training and the challenger."""
    fields = [("Serving", service_model.version), ("Challenger", service_model.candidate or "none")]
    for name, label in FACTS:
        value = service_model.facts.get(name)
        if value is not None:
            fields.append((label, _write_fact(name, value)))
    with st.container(horizontal=True, gap="large"):
        for label, value in fields:
            with st.container(width="content", gap=None):
                st.caption(label)
                st.markdown(f"**{value}**")


def _write_fact(name: str, value: object) -> str:
    if name == "trained_at":
        return display.iso_moment(str(value), time_zone())
    return display.count(value) if isinstance(value, int) else str(value)


def show_comparison(comparison: VersionComparison, service_model: ModelVersions) -> None:
    """Show the last comparison: its rows, the gain, the rule and the decision."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Champion and challenger", anchor=False, width="content")
        st.badge(comparison.decision, color="green" if comparison.promoted else "gray")
    sources = f" of {', '.join(comparison.held_out_of)}" if comparison.held_out_of else ""
    age = time.time() - datetime.fromisoformat(comparison.compared_at).timestamp()
    rows = display.count(comparison.held_out_rows)
    st.markdown(
        f"Gain in ROC AUC on the same **{rows}** held-out rows{sources}: "
        f"**{_write_gain(comparison.roc_auc_gain)}**{_write_interval(comparison)}. "
        f"Rule: `{comparison.rule}`, so {comparison.decision}."
    )
    st.caption(f"Compared {display.age(max(0.0, age))} ago. {RULE}")
    if service_model.version not in (comparison.champion.version, comparison.challenger.version):
        st.warning(
            f"Version {service_model.version} is serving, which is neither of the two. "
            "Compare again to include it."
        )
    number = st.column_config.NumberColumn
    st.dataframe(
        model_versions.comparison_table(comparison, service_model.version),
        hide_index=True, key="sides",
        column_config={"ROC AUC": number(format="%.4f"), "log loss": number(format="%.4f")},
    )  # fmt: skip


def _write_gain(value: float) -> str:
    return locale_numbers.fixed(value, 4, signed=True)


def _write_interval(comparison: VersionComparison) -> str:
    if comparison.roc_auc_gain_lower is None or comparison.roc_auc_gain_upper is None:
        return ""
    method = f", {comparison.interval}" if comparison.interval else ""
    lower = _write_gain(comparison.roc_auc_gain_lower)
    upper = _write_gain(comparison.roc_auc_gain_upper)
    return f" (95 % interval {lower} to {upper}{method})"


def show_all(service_model: ModelVersions) -> None:
    """Show all comparisons that the service stores: a chart of the gains and a table."""
    comparisons = service_model.comparisons
    frame = model_versions.history_table(comparisons)
    about = f"n = {len(comparisons)} comparisons stored by the service · `GET /model`"
    documented_chart.show_header("Gain by comparison", RULE, about, lambda: frame, key="gains")
    show_figure(gains(comparisons, zone=time_zone()), "Gain by comparison", key="gains")
    number = st.column_config.NumberColumn
    st.dataframe(
        frame, hide_index=True, key="comparisons",
        column_config={
            "compared": st.column_config.DatetimeColumn(format="localized"),
            **dict.fromkeys(SCORES, number(format="%.4f")),
            **dict.fromkeys(GAINS, number(format="%+.4f")),
        },
    )  # fmt: skip


def show_history(model: Model, view: ViewState) -> None:
    """Show which version was serving and which was the challenger over time."""
    empty = "No challenger in this time range."

    def draw_bars(state: str, series_list: list[Series]) -> Figure:
        span = view.span
        intervals = [
            charts.Interval(version[:12], state, start, end, f"{version} {state}")
            for series in series_list
            for start, end in stretches(series, span.step)
            for version in [series.labels.get("version", "unnamed")]
        ]
        return charts.intervals(intervals, span, zone=view.zone)

    panels = [
        panel(
            versions.VERSIONS, view, model.labels,
            draw=lambda series, _: draw_bars("serving", series),
        ),
        panel(
            versions.CANDIDATES, view, model.labels, empty=empty,
            draw=lambda series, _: draw_bars("challenger", series),
        ),
    ]  # fmt: skip
    show_panels(panels, view)
