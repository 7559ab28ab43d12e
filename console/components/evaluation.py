"""One evaluation on a page: verdict, scores, features, distributions, downloads, report."""

import io
import time
import zipfile
from collections.abc import Iterable
from datetime import datetime
from functools import partial

import streamlit as st

from console import charts
from console.adapters.model_service import EvaluationStatus
from console.components import classifier, features
from console.components.chart_figure import show_chart
from console.components.source_state import explain_errors
from console.components.view_state import time_zone
from console.errors import RequestRejected
from console.evaluations.protocol import Evaluator
from console.evaluations.scores import BETWEEN_0_AND_1, IN_TARGET_UNITS, SCORES
from console.formatting import display, sentences
from evaluation.result import Evaluation

HEADLINES = {
    "drift": ("Drift", "The current data differ from the reference."),
    "no drift": ("No drift", "The current data look like the reference."),
    "not enough data": ("Not enough data", "Too few rows to tell drift from chance."),
}
DECISIONS = {"NO_ACTION": "green", "WATCH": "orange", "RETRAIN": "red"}
FILES = (
    ("HTML report", "report.html", "html", "text/html"),
    ("JSON", "report.json", "json", "application/json"),
    ("CSV of features", "features.csv", "csv", "text/csv"),
    ("Rows scored, Parquet", "rows.parquet", "parquet", "application/vnd.apache.parquet"),
)
REPORT_HEIGHT = 900


def show_picker(shown: EvaluationStatus, recent: list[EvaluationStatus]) -> None:
    """Which evaluation stands below; another one can be picked, and the URL names it."""
    known = {item.evaluation_id: item for item in [shown, *recent]}
    picked = st.selectbox(
        "Evaluation", list(known), key=f"pick:{shown.evaluation_id}",
        format_func=lambda key: title(known[key]),
    )  # fmt: skip
    if picked != shown.evaluation_id:
        st.query_params["evaluation"] = picked
        st.rerun()


def default_evaluation_id(listed: Iterable[EvaluationStatus]) -> str | None:
    """Which one a page opens with: the newest that is published and real, as the gauges show once
    a test has expired; else the newest real one; else a synthetic one."""
    done = [item for item in listed if item.state == "succeeded"]
    done.sort(key=lambda item: (item.synthetic, not item.published))
    return done[0].evaluation_id if done else None


def title(item: EvaluationStatus) -> str:
    marks = [item.verdict or item.state]
    marks += ["published"] if item.published else []
    marks += ["synthetic"] if item.synthetic else []
    moment = display.moment(item.created_at, time_zone())
    return f"{moment} · {item.name or item.source} · {', '.join(marks)}"


def show(service: Evaluator, result: Evaluation) -> None:
    """Everything of one evaluation."""
    show_verdict(result)
    show_scores(result)
    show_downloads(service, result)
    chosen = features.show_table(result)
    left, right = st.columns(2)
    with left:
        features.show_distribution(result, chosen)
    with right:
        show_quality(result)
    show_report(service, result)


def show_quality(result: Evaluation) -> None:
    if result.classification is not None:
        classifier.show_brief(result, result.classification)
        return
    if result.residuals is None:
        unknown = "No row has its truth yet: quality is not known, drift is."
        st.info(
            unknown if result.quality is None else "Its scores stand above: it has no residuals."
        )
        return
    for title_, draw in (
        ("Predicted against true", charts.predicted_against_true),
        ("Residuals", charts.residuals),
    ):
        show_chart(draw(result.residuals), title_, key=f"{title_}:{result.evaluation_id}")


def show_verdict(result: Evaluation) -> None:
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
        meaning = "Single features drift, and fewer than this model's rule takes for drift."
    st.markdown(f"{meaning} Features that drift: **{drifted}**. {sentences.rule(result)}")
    rows = f"{display.count(result.rows.current)} rows of {result.source or 'the current data'}"
    source = result.reference_source or "the reference"
    against = f"{display.count(result.rows.reference)} rows of {source}"
    st.caption(f"{rows} against {against}, {_made(result)}.")
    difference = sentences.difference(result)
    if difference:
        st.info(f"**Evidently differs.** {difference}", icon=":material/compare_arrows:")
    st.caption(f"{result.decision}: {sentences.decision_reason(result)}")
    warnings = sentences.warnings(result)
    if warnings:
        with st.expander(f"{len(warnings)} notes on the data"):
            for warning in warnings:
                st.markdown(f"- {warning}")


def _made(result: Evaluation) -> str:
    moment = datetime.fromisoformat(result.created_at).timestamp()
    return f"evaluated {display.age(max(0.0, time.time() - moment))} ago"


def show_scores(result: Evaluation) -> None:
    quality, before = result.quality, result.quality_reference
    target = result.target_drift.name if result.target_drift is not None else "the target"
    truths = f"{display.count(result.rows.with_target)} rows with truth"
    shown: list[tuple[str, str, str | None]] = []
    for label, name, unit in SCORES:
        value = getattr(quality, name) if quality else None
        if value is not None:
            was = getattr(before, name) if before else None
            of = f"In {target} (target units). " if name in IN_TARGET_UNITS else ""
            write = display.share if name in BETWEEN_0_AND_1 else display.number
            trained = "" if was is None else f"On the training data: {write(was)}{unit}. "
            shown.append((label, write(value) + unit, f"{of}{trained}Of {truths}."))
    theirs = result.evidently
    share = "Share of the counted features that drift; those of the calendar do not count."
    shown.append(("Drift share", display.percent(result.drift_share), share))
    if result.weighted_drift_share is not None:
        weighted = "The same, each feature weighted by how much the model uses it."
        shown.append(("Weighted by use", display.percent(result.weighted_drift_share), weighted))
    if theirs is not None:
        status = "drift" if theirs.drift_detected else "no drift"
        theirs_of = f"{theirs.drifted_columns} of {theirs.columns} columns by its default tests."
        shown.append(("Evidently", status, theirs_of))
    rows = f"{truths}, {display.count(result.rows.training)} training rows."
    shown.append(("Rows", f"{display.count(result.rows.current)}", rows))
    with st.container(horizontal=True, gap="medium"):
        for label, value, hint in shown:
            st.metric(label, value, help=hint, width="content")


def show_downloads(service: Evaluator, result: Evaluation) -> None:
    evaluation_id = str(result.evaluation_id)
    name = (result.name or evaluation_id).replace(" ", "_").replace("/", "_")
    with st.container(horizontal=True):
        for label, file, kind, mime in FILES:
            st.download_button(
                label, partial(service.report, evaluation_id, file), on_click="ignore",
                file_name=f"belvedere_{name}.{kind}", mime=mime,
                key=f"download:{kind}:{evaluation_id}",
            )  # fmt: skip
        st.download_button(
            "All as ZIP", partial(_zip, service, evaluation_id), on_click="ignore",
            file_name=f"belvedere_{name}.zip", mime="application/zip",
            key=f"download:zip:{evaluation_id}",
        )  # fmt: skip


def _zip(service: Evaluator, evaluation_id: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for _, file, _, _ in FILES:
            try:
                archive.writestr(file, service.report(evaluation_id, file))
            except RequestRejected as error:
                archive.writestr(f"{file}.missing.txt", str(error))
    return content.getvalue()


def show_report(service: Evaluator, result: Evaluation) -> None:
    if not st.toggle("Show the Evidently report here", key=f"report:{result.evaluation_id}"):
        return
    with explain_errors():
        page = service.report(str(result.evaluation_id), "report.html").decode("utf-8")
        st.iframe(page, height=REPORT_HEIGHT, alt="The Evidently report")
