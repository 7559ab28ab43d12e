"""Reports: all evaluations in a table; opens one of them, or compares two."""

import streamlit as st

from console.adapters.model_service import EvaluationStatus
from console.components import evaluation, failed
from console.components.page_header import show_model_header
from console.components.source_state import explain_errors
from console.errors import RequestRejected
from console.evaluations.protocol import Evaluator
from console.views.reports import annotation, comparison_panel, table
from console.wiring import evaluations
from evaluation.result import Evaluation


def render() -> None:
    _, model = show_model_header("Reports", timed=False)
    if model is None:
        return
    with explain_errors():
        service = evaluations.evaluator(model)
        opened = [key for key in st.query_params.get("evaluation", "").split(",") if key][:2]
        table.show(service, model)
        if len(opened) == 1:
            _show_one(service, opened[0])
        elif len(opened) == 2:
            _show_two(service, opened)


def _show_one(service: Evaluator, evaluation_id: str) -> None:
    opened = _read(service, evaluation_id)
    if opened is not None:
        st.subheader(evaluation.title(opened[0]), anchor=False)
        annotation.show(service, opened[0])
        evaluation.show(service, opened[1])


def _show_two(service: Evaluator, ids: list[str]) -> None:
    opened = [_read(service, key) for key in ids]
    if opened[0] is not None and opened[1] is not None:
        comparison_panel.show(service.compare(*ids), opened[0][1], opened[1][1])


def _read(service: Evaluator, evaluation_id: str) -> tuple[EvaluationStatus, Evaluation] | None:
    try:
        status = service.status(evaluation_id)
    except RequestRejected as error:
        st.warning(f"{error} It may have been removed. Choose another one.")
        return None
    if status.running:
        st.info(f"**This evaluation is {status.state}.** It has no result yet.")
        return None
    if status.result is None:
        failed.show(service, status)
        return None
    return status, status.result


render()
