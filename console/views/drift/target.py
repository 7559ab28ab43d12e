"""Shows the drift of the target and of the predictions, which do not count as features."""

import pandas as pd
import streamlit as st

from console.charts import classes as drawn
from console.components import documented_chart
from console.components.chart_panels import panel, show_panels
from console.components.view_state import ViewState
from console.formatting import display, locale_numbers
from console.models.discovery import Model
from evaluation.result import Evaluation, FeatureDrift, TargetRates
from promql import drift

DESCRIPTION = (
    "The rate of the positive class in the current rows minus the rate in the reference, with its "
    "95 % confidence interval. The target is not a feature and not part of the drift share."
)


def show(result: Evaluation, model: Model, view: ViewState) -> None:
    """Show both, if the evaluation has them."""
    outcomes = [
        (name, outcome)
        for name, outcome in (
            ("Target", result.target_drift), ("Predictions", result.prediction_drift),
        )
        if outcome is not None
    ]  # fmt: skip
    if not outcomes and result.target_rates is None:
        return
    st.subheader("Target and predictions", anchor=False)
    for name, outcome in outcomes:
        st.caption(_describe(name, outcome))
    if result.target_rates is not None:
        _show_rates(result, result.target_rates, model, view)


def _describe(name: str, outcome: FeatureDrift) -> str:
    verdict = {True: "drift", False: "no drift", None: "not enough data"}[outcome.drifted]
    score = ""
    if outcome.score is not None:
        threshold = display.number(outcome.threshold)
        score = f", score {display.number(outcome.score)}, threshold {threshold}"
    return f"**{name}** ({outcome.name}): {verdict}{score}. Not counted as a feature."


def _write_percent(rate: float) -> str:
    return f"{locale_numbers.fixed(100 * rate, 2)} %"


def _write_points(rate: float) -> str:
    return locale_numbers.fixed(100 * rate, 2, signed=True)


def _show_rates(result: Evaluation, rates: TargetRates, model: Model, view: ViewState) -> None:
    with st.container(horizontal=True, gap="large"):
        for label, value in (
            (f"Rate of {rates.positive}, reference", _write_percent(rates.reference)),
            (f"Rate of {rates.positive}, current", _write_percent(rates.current)),
            ("Target drift", f"{_write_points(rates.difference)} points"),
            (
                "95 % interval",
                f"{_write_points(rates.lower)} to {_write_points(rates.upper)} points",
            ),
            ("p-value, no difference", display.number(rates.p_value)),
        ):
            st.metric(label, value, width="content")
    pairs = f", {display.count(rates.pairs)} pairs" if rates.pairs is not None else ""
    st.caption(f"Method: {rates.method}{pairs}.")
    left, right = st.columns(2)
    with left:
        frame = pd.DataFrame(
            [(rates.reference, rates.current, rates.difference, rates.lower, rates.upper)],
            columns=["reference", "current", "difference", "lower", "upper"],
        )
        figure = drawn.target_rates(rates)
        documented_chart.show(
            figure, "Target drift", DESCRIPTION, lambda: frame, result, key="target-drift"
        )
    with right:
        history_panel = panel(
            drift.TARGET_RATE_DIFFERENCE, view, model.labels, key="target-rate-history",
            empty="No published evaluation with ground truth on both sides in this time range.",
        )  # fmt: skip
        show_panels([history_panel], view, columns=1)
