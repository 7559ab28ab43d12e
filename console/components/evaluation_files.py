"""Shows the files of an evaluation: downloads, and the Evidently report in the page."""

import io
import zipfile
from functools import partial

import streamlit as st

from console.components.source_state import explain_errors
from console.errors import RequestRejected
from console.evaluations.protocol import Evaluator
from evaluation.result import Evaluation

FILES = (
    ("HTML report", "report.html", "html", "text/html"),
    ("JSON", "report.json", "json", "application/json"),
    ("CSV of features", "features.csv", "csv", "text/csv"),
    ("Scored rows, Parquet", "rows.parquet", "parquet", "application/vnd.apache.parquet"),
)
REPORT_HEIGHT = 900


def show_downloads(service: Evaluator, result: Evaluation) -> None:
    """Show a download button for each file of the evaluation, and one for all of them."""
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
    """Show the Evidently report in the page if the person switches it on."""
    if not st.toggle("Show Evidently report", key=f"report:{result.evaluation_id}"):
        return
    with explain_errors():
        page = service.report(str(result.evaluation_id), "report.html").decode("utf-8")
        st.iframe(page, height=REPORT_HEIGHT, alt="The Evidently report")
