"""One evaluation on a page: verdict, scores, features, distributions, downloads, report."""

from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from console import charts, words
from console.adapters.model_service import ModelService, Status
from console.widgets import explain_errors, show_chart
from evaluation.result import Evaluation, FeatureDrift

HEADLINES = {
    "drift": ("Drift", "The current data differ from the training data."),
    "no drift": ("No drift", "The current data look like the training data."),
    "not enough data": ("Not enough data", "Too few rows to tell drift from chance."),
}
DECISIONS = {"NO_ACTION": "green", "WATCH": "orange", "RETRAIN": "red"}
REPORT_HEIGHT = 900


def choose(shown: Status, recent: list[Status]) -> None:
    """Which evaluation stands below; another one can be picked, and the URL names it."""
    known = {item.evaluation_id: item for item in [shown, *recent]}
    picked = st.selectbox(
        "Evaluation", list(known), key=f"pick:{shown.evaluation_id}",
        format_func=lambda key: _title(known[key]),
    )  # fmt: skip
    if picked != shown.evaluation_id:
        st.query_params["evaluation"] = picked
        st.rerun()


def _title(item: Status) -> str:
    moment = datetime.fromtimestamp(item.created_at).astimezone()
    marks = [item.verdict or item.state]
    marks += ["published"] if item.published else []
    marks += ["synthetic"] if item.synthetic else []
    return f"{moment:%Y-%m-%d %H:%M:%S} · {item.name or item.source} · {', '.join(marks)}"


def show(service: ModelService, result: Evaluation) -> None:
    _verdict(result)
    _scores(result)
    _downloads(service, result)
    feature = _features(result)
    left, right = st.columns(2)
    with left:
        chosen = next(item for item in result.features if item.name == feature)
        show_chart(
            charts.distribution(chosen),
            f"{feature}: reference against current",
            key=f"distribution:{result.evaluation_id}",
        )
        st.caption(_about(chosen))
    with right:
        if result.residuals is not None:
            show_chart(
                charts.predicted_against_true(result.residuals),
                "Predicted against true",
                key=f"truth:{result.evaluation_id}",
            )
            show_chart(
                charts.residuals(result.residuals),
                "Residuals",
                key=f"residuals:{result.evaluation_id}",
            )
        else:
            st.info("No row has its truth yet: quality is not known, drift is.")
    _report(service, result)


def _verdict(result: Evaluation) -> None:
    title, meaning = HEADLINES[result.verdict]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(title, anchor=False, width="content")
        st.badge(result.decision, color=DECISIONS[result.decision])  # type: ignore[arg-type]
        if result.synthetic:
            st.badge("synthetic", color="violet")
        if result.published:
            st.badge("published", color="blue")
    drifted = ", ".join(result.drifted_features) or "none"
    st.markdown(f"{meaning} Features that drift: **{drifted}**. {result.rule}")
    if result.difference:
        st.info(result.difference)
    st.caption(f"{result.decision}: {result.decision_reason}.")
    if result.warnings:
        with st.expander(f"{len(result.warnings)} notes on the data"):
            for warning in result.warnings:
                st.markdown(f"- {warning}")


def _scores(result: Evaluation) -> None:
    quality, before = result.quality, result.quality_reference
    shown: list[tuple[str, str, str | None]] = []
    for label, name, unit in (
        ("RMSE", "rmse", ""), ("MAE", "mae", ""), ("R2", "r2", ""), ("MAPE", "mape", " %"),
        ("Accuracy", "accuracy", ""), ("F1", "f1", ""), ("ROC AUC", "roc_auc", ""),
    ):  # fmt: skip
        value = getattr(quality, name) if quality else None
        if value is not None:
            was = getattr(before, name) if before else None
            hint = None if was is None else f"On the training data: {words.number(was)}{unit}."
            shown.append((label, words.number(value) + unit, hint))
    theirs = result.evidently
    share = "Share of the counted features that drift; those of the calendar do not count."
    shown.append(("Drift share", words.percent(result.drift_share), share))
    if result.weighted_drift_share is not None:
        weighted = "The same, each feature weighted by how much the model uses it."
        shown.append(("Weighted by use", words.percent(result.weighted_drift_share), weighted))
    if theirs is not None:
        status = "drift" if theirs.drift_detected else "no drift"
        hint = f"{theirs.drifted_columns} of {theirs.columns} columns by its default tests."
        shown.append(("Evidently", status, hint))
    rows = f"{result.rows.with_target:,} with truth, {result.rows.training:,} training rows."
    shown.append(("Rows", f"{result.rows.current:,}", rows))
    for cell, (label, value, hint) in zip(st.columns(len(shown)), shown, strict=True):
        cell.metric(label, value, help=hint)


def _downloads(service: ModelService, result: Evaluation) -> None:
    evaluation_id = str(result.evaluation_id)
    name = (result.name or evaluation_id).replace(" ", "_").replace("/", "_")
    with st.container(horizontal=True):
        for label, file, kind, mime in (
            ("HTML report", "report.html", "html", "text/html"),
            ("JSON", "report.json", "json", "application/json"),
            ("CSV of features", "features.csv", "csv", "text/csv"),
        ):
            st.download_button(
                label,
                partial(service.report, evaluation_id, file),
                file_name=f"belvedere_{name}.{kind}",
                mime=mime,
                on_click="ignore",
                key=f"download:{kind}:{evaluation_id}",
            )


def _features(result: Evaluation) -> str:
    """The table of features, the most drifted first; the name of the chosen one."""
    order = sorted(
        result.features, key=lambda f: (not f.drifted, f.role == "calendar", -(f.importance or 0))
    )
    frame = pd.DataFrame([_row(feature) for feature in order])
    event = st.dataframe(
        frame,
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        key=f"features:{result.evaluation_id}",
        column_config={
            "importance": st.column_config.ProgressColumn(
                "importance", format="percent", min_value=0.0, max_value=1.0,
                help="How much the model uses the feature.",
            ),
            "score": st.column_config.NumberColumn("score", format="%.4g"),
            "threshold": st.column_config.NumberColumn(
                "threshold", format="%.3g",
                help="The score from which it is drift: past chance, and past the least effect.",
            ),
            "p": st.column_config.NumberColumn(
                "p", format="%.2g", help="Corrected for the number of features."
            ),
            "effect": st.column_config.NumberColumn(
                "effect", format="%.2f",
                help="In standard deviations (numbers) or as a share of the rows (categories).",
            ),
        },
    )  # fmt: skip
    chosen = event["selection"]["rows"]
    st.caption("Click a row to see its distribution.")
    return order[chosen[0] if chosen else 0].name


def _row(feature: FeatureDrift) -> dict[str, object]:
    drifted = {True: "drift", False: "no drift", None: "not known"}[feature.drifted]
    return {
        "feature": feature.name + (" (calendar)" if feature.role == "calendar" else ""),
        "verdict": drifted,
        "importance": feature.importance,
        "score": feature.score,
        "threshold": feature.threshold,
        "p": feature.p_value,
        "effect": feature.effect_size,
        "why": feature.reason,
        "method": feature.method,
        "missing": feature.missing.current,
        "new categories": ", ".join(feature.new_categories),
    }


def _about(feature: FeatureDrift) -> str:
    parts = [f"{feature.method}: score {words.number(feature.score)}"]
    if feature.threshold is not None:
        parts.append(f"threshold {words.number(feature.threshold)}")
    if feature.statistics is not None:
        before, after = feature.statistics.reference, feature.statistics.current
        parts.append(f"mean {words.number(before.mean)} → {words.number(after.mean)}")
        parts.append(f"median {words.number(before.q50)} → {words.number(after.q50)}")
    parts.append(f"missing {feature.missing.reference} → {feature.missing.current}")
    return " · ".join(parts)


def _report(service: ModelService, result: Evaluation) -> None:
    if not st.toggle("Show the Evidently report here", key=f"report:{result.evaluation_id}"):
        return
    with explain_errors():
        page = service.report(str(result.evaluation_id), "report.html").decode("utf-8")
        st.iframe(page, height=REPORT_HEIGHT, alt="The Evidently report")
