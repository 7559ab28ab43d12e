"""Shows the scores by evaluation, and how much ground truth is missing."""

import time
from functools import partial

import pandas as pd
import streamlit as st

from console import wiring
from console.adapters.model_service import EvaluationStatus
from console.charts.scores import ScorePoint, scores
from console.components import documented_chart, evaluation
from console.components.chart_figure import show_figure
from console.components.source_state import fetch_with_fallback, show_query_errors
from console.components.view_state import ViewState
from console.evaluations.scores import SCORES
from console.formatting import display
from console.models.discovery import Model
from console.series import single_value
from console.wiring import evaluations
from evaluation.result import Evaluation
from promql import ground_truth, predictions

LOW_IS_GOOD = ("rmse", "mae", "mape", "log_loss")
SHARES = ("accuracy", "precision", "recall", "f1", "roc_auc")
UNITS = {"rmse": "target units", "mae": "target units", "mape": "%", "log_loss": "nats"}
DESCRIPTION = (
    "The newest 40 evaluations, where they have ground truth. Published ones are filled and joined "
    "by a line, synthetic ones are crosses. The dotted line is the model's threshold."
)
EvaluationResults = list[tuple[EvaluationStatus, Evaluation]]


def show_ground_truth(model: Model, view: ViewState) -> None:
    """Show how many predictions wait for their ground truth, and its delay."""
    window = f"{round(view.span.seconds)}s"
    queries = (
        predictions.PREDICTION_COUNT, ground_truth.TRUTH_COUNT, ground_truth.WITHOUT_TRUTH,
        ground_truth.TRUTH_LAG,
    )  # fmt: skip
    requests = [wiring.build_request(query, model.labels, window=window) for query in queries]
    futures = wiring.submit(requests)
    results = [futures[request].result() for request in requests]
    show_query_errors(*results)
    values = [single_value(result.series) for result in results]
    prediction_count, truth_count, waiting, lag = values
    length = display.age(view.span.seconds)
    oldest = min(result.fetched_at for result in results)
    age = f" Queried {display.age(max(0.0, time.time() - oldest))} ago." if oldest else ""
    metrics = (
        # Prometheus extrapolates counters, so counts are rounded to whole predictions
        (f"Predictions in {length}", display.rounded(prediction_count), queries[0]),
        (f"Ground truth in {length}", display.rounded(truth_count), queries[1]),
        ("Without ground truth", display.number(waiting), queries[2]),
        ("Ground truth delay, median", display.duration(lag), queries[3]),
    )
    with st.container(horizontal=True, gap="large"):
        for label, value, query in metrics:
            st.metric(label, value, help=query.description + age, width="content")


def show_scores(documents: EvaluationResults, model: Model, view: ViewState) -> None:
    """Show a chart for every score that the evaluations have."""
    about = (
        fetch_with_fallback(
            f"about:{model.name}", lambda: evaluations.evaluator(model).describe()
        ).value
        or {}
    )
    thresholds = about.get("thresholds") or {}
    present = [
        (label, name) for label, name, _ in SCORES
        if any(getattr(document.quality, name) is not None for _, document in documents)
    ]  # fmt: skip
    cells = st.columns(2)
    for number, (label, name) in enumerate(present):
        marks = [
            ScorePoint(
                status.created_at,
                value,
                evaluation.title(status),
                status.published,
                status.synthetic,
            )
            for status, document in reversed(documents)
            if (value := getattr(document.quality, name)) is not None
        ]
        drawn = scores(marks, UNITS.get(name, ""), zone=view.zone, threshold=thresholds.get(name),
                       good_is_low=name in LOW_IS_GOOD, share=name in SHARES)  # fmt: skip
        with cells[number % 2]:
            title = f"{label} by evaluation"
            documented_chart.show_header(
                title,
                DESCRIPTION,
                _describe_newest(documents),
                partial(_build_table, documents, name),
                key=name,
            )
            show_figure(drawn, title, key=f"score:{name}")


def _describe_newest(documents: EvaluationResults) -> str:
    age = time.time() - max(status.created_at for status, _ in documents)
    return f"n = {len(documents)} evaluations, newest {display.age(max(0.0, age))} ago"


def _build_table(documents: EvaluationResults, name: str) -> pd.DataFrame:
    """Return a table with a row for each evaluation."""
    return pd.DataFrame(
        [
            (document.created_at, status.evaluation_id, document.model_version, status.published,
             document.rows.with_target, getattr(document.quality, name))
            for status, document in documents
        ],
        columns=["created_at", "evaluation_id", "model_version", "published", "rows", name],
    )  # fmt: skip
