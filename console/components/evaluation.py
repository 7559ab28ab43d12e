"""Shows one evaluation: verdict, scores, features and quality."""

import time
from collections.abc import Iterable
from datetime import datetime

import streamlit as st

from console import charts
from console.adapters.model_service import EvaluationStatus
from console.components import classifier, evaluation_files, features, multiclass
from console.components.chart_figure import show_chart
from console.components.view_state import time_zone
from console.evaluations.protocol import Evaluator
from console.evaluations.scores import BETWEEN_0_AND_1, IN_TARGET_UNITS, SCORES
from console.formatting import display, sentences
from evaluation.result import Evaluation

HEADLINES = {
    "drift": ("Drift", "The current data differ from the reference."),
    "no drift": ("No drift", "The current data do not differ from the reference."),
    "not enough data": ("Not enough data", "Too few rows to detect drift."),
}
DECISIONS = {"NO_ACTION": "green", "WATCH": "orange", "RETRAIN": "red"}


def show_picker(current: EvaluationStatus, recent: list[EvaluationStatus]) -> None:
    """Show which evaluation the page shows; another one can be selected, and the URL names it."""
    statuses = {item.evaluation_id: item for item in [current, *recent]}
    selected = st.selectbox(
        "Evaluation", list(statuses), key=f"pick:{current.evaluation_id}",
        format_func=lambda key: title(statuses[key]),
    )  # fmt: skip
    if selected != current.evaluation_id:
        st.query_params["evaluation"] = selected
        st.rerun()


def default_evaluation_id(statuses: Iterable[EvaluationStatus]) -> str | None:
    """Return the evaluation that a page opens with; `statuses` are newest first.

    It is the newest published one that is not synthetic, else the newest that is not synthetic,
    else a synthetic one: what the gauges show after a test alert has expired.
    """
    succeeded = [item for item in statuses if item.state == "succeeded"]
    succeeded.sort(key=lambda item: (item.synthetic, not item.published))
    return succeeded[0].evaluation_id if succeeded else None


def title(item: EvaluationStatus) -> str:
    """Return time, name and verdict of an evaluation."""
    marks = [item.verdict or item.state]
    marks += ["published"] if item.published else []
    marks += ["synthetic"] if item.synthetic else []
    moment = display.moment(item.created_at, time_zone())
    return f"{moment} · {item.name or item.source} · {', '.join(marks)}"


def show(service: Evaluator, result: Evaluation) -> None:
    """Show the whole result."""
    show_verdict(result)
    show_scores(result)
    evaluation_files.show_downloads(service, result)
    feature = features.show_table(result)
    left, right = st.columns(2)
    with left:
        features.show_distribution(result, feature)
    with right:
        show_quality(result)
    evaluation_files.show_report(service, result)


def show_quality(result: Evaluation) -> None:
    """Show the charts of a classifier or a regression, or why there are none."""
    if result.classification is not None:
        classifier.show_brief(result, result.classification)
        return
    if result.multiclass is not None:
        multiclass.show_brief(result, result.multiclass)
        return
    if result.residuals is None:
        if result.quality is None:
            st.info(
                "**No ground truth.** Only drift is known. Send the actual values to /feedback."
            )
        else:
            st.info("**No residuals.** This evaluation has scores only; they are shown above.")
        return
    for heading, draw in (
        ("Predicted against actual", charts.predicted_against_true),
        ("Residuals", charts.residuals),
    ):
        show_chart(draw(result.residuals), heading, key=f"{heading}:{result.evaluation_id}")


def show_verdict(result: Evaluation) -> None:
    """Show verdict, decision and reason, the data they are based on, and warnings."""
    headline, meaning = HEADLINES[result.verdict]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(headline, anchor=False, width="content")
        st.badge(result.decision, color=DECISIONS[result.decision])  # type: ignore[arg-type]
        if result.synthetic:
            st.badge("synthetic", color="violet")
        if result.published:
            st.badge("published", color="blue")
    drifted = ", ".join(result.drifted_features) or "none"
    if result.verdict == "no drift" and result.drifted_features:
        meaning = "Some features drift, but fewer than the rule of this model requires."
    st.markdown(f"{meaning} Drifted features: **{drifted}**. {sentences.rule(result)}")
    current = f"{result.source or 'current data'} ({display.count(result.rows.current)} rows)"
    reference = (
        f"{result.reference_source or 'the reference'} "
        f"({display.count(result.rows.reference)} rows)"
    )
    compared = f"{current[0].upper()}{current[1:]} compared with {reference}"
    st.caption(f"{compared}, evaluated {_age(result)} ago.")
    difference = sentences.difference(result)
    if difference:
        st.info(f"**Evidently differs.** {difference}", icon=":material/compare_arrows:")
    st.caption(f"{result.decision}: {sentences.decision_reason(result)}")
    warnings = sentences.warnings(result)
    if warnings:
        with st.expander(f"Data warnings ({len(warnings)})"):
            for warning in warnings:
                st.markdown(f"- {warning}")


def _age(result: Evaluation) -> str:
    moment = datetime.fromisoformat(result.created_at).timestamp()
    return display.age(max(0.0, time.time() - moment))


def show_scores(result: Evaluation) -> None:
    """Show the quality scores, the drift share, Evidently's verdict and the rows."""
    metrics = [*_quality_metrics(result), *_drift_metrics(result), _rows_metric(result)]
    with st.container(horizontal=True, gap="medium"):
        for label, value, hint in metrics:
            st.metric(label, value, help=hint, width="content")


def _quality_metrics(result: Evaluation) -> list[tuple[str, str, str]]:
    quality, training = result.quality, result.quality_reference
    target = result.target_drift.name if result.target_drift is not None else "the target"
    metrics = []
    for label, name, unit in SCORES:
        value = getattr(quality, name) if quality else None
        if value is not None:
            on_training = getattr(training, name) if training else None
            write = display.share if name in BETWEEN_0_AND_1 else display.number
            hints = [f"In units of {target}."] if name in IN_TARGET_UNITS else []
            if on_training is not None:
                hints.append(f"On the training data: {write(on_training)}{unit}.")
            hints.append(f"From {_truths(result)}.")
            metrics.append((label, write(value) + unit, " ".join(hints)))
    return metrics


def _drift_metrics(result: Evaluation) -> list[tuple[str, str, str]]:
    hint = "Share of features that drift, without calendar features."
    metrics = [("Drift share", display.percent(result.drift_share), hint)]
    if result.weighted_drift_share is not None:
        hint = "Drift share, weighted by the importance of each feature for the model."
        metrics.append(("Weighted by use", display.percent(result.weighted_drift_share), hint))
    evidently = result.evidently
    if evidently is not None:
        status = "drift" if evidently.drift_detected else "no drift"
        hint = f"{evidently.drifted_columns} of {evidently.columns} columns with default settings."
        metrics.append(("Evidently", status, hint))
    return metrics


def _rows_metric(result: Evaluation) -> tuple[str, str, str]:
    hint = f"{_truths(result)}, {display.count(result.rows.training)} training rows."
    return "Rows", display.count(result.rows.current), hint


def _truths(result: Evaluation) -> str:
    return f"{display.count(result.rows.with_target)} rows with ground truth"
