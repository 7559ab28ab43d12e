"""Scores from one evaluation to the next, and how much truth is still missing."""

import time
from functools import partial

import pandas as pd
import streamlit as st

from console import series, wiring
from console.adapters.model_service import Status
from console.charts.over_evaluations import Scored, scores
from console.components import documented_chart, evaluation
from console.components.chart_panels import show_figure
from console.components.controls import Look, latest, show_answers
from console.evaluations.scores import SCORES
from console.formatting import display
from console.models.discovery import Model
from console.wiring import evaluations as own
from evaluation.result import Evaluation
from promql import one_model
from promql import truth as missing

LOW_IS_GOOD = ("rmse", "mae", "mape", "log_loss")
SHARES = ("accuracy", "precision", "recall", "f1", "roc_auc")
UNITS = {"rmse": "target units", "mae": "target units", "mape": "%", "log_loss": "nats"}
ABOUT = (
    "The newest 40 evaluations, where they have ground truth. Published ones are filled and joined "
    "by a line, synthetic ones are crosses. The dotted line is the model's threshold."
)
Documents = list[tuple[Status, Evaluation]]


def truth(model: Model, look: Look) -> None:
    """How many predictions still wait for their truth, and how late it comes."""
    window = f"{round(look.span.seconds)}s"
    queries = (
        one_model.PREDICTIONS_MADE, one_model.TRUTHS_KNOWN, missing.WITHOUT_TRUTH,
        missing.TRUTH_LAG,
    )  # fmt: skip
    asked = [wiring.question(query, model.labels, window=window) for query in queries]
    futures = wiring.ask(asked)
    answers = [futures[question].result() for question in asked]
    show_answers(*answers)
    values = [series.single(answer.series) for answer in answers]
    made, known, waiting, lag = values
    length = display.age(look.span.seconds)
    oldest = min(answer.came_at for answer in answers)
    came = f" Queried {display.age(max(0.0, time.time() - oldest))} ago." if oldest else ""
    shown = (
        # counters are extrapolated to the ends of the time: a part of a prediction is none
        (f"Predictions in {length}", display.rounded(made), queries[0]),
        (f"Ground truth in {length}", display.rounded(known), queries[1]),
        ("Without ground truth", display.number(waiting), queries[2]),
        ("Ground truth delay, median", display.duration(lag), queries[3]),
    )
    for cell, (label, value, query) in zip(st.columns(4), shown, strict=True):
        cell.metric(label, value, help=query.description + came)


def over_time(found: Documents, model: Model, look: Look) -> None:
    about = latest(f"about:{model.name}", lambda: own.evaluator(model).about()).value or {}
    thresholds = about.get("thresholds") or {}
    shown = [
        (label, name) for label, name, _ in SCORES
        if any(getattr(document.quality, name) is not None for _, document in found)
    ]  # fmt: skip
    cells = st.columns(2)
    for number, (label, name) in enumerate(shown):
        marks = [
            Scored(item.created_at, value, evaluation.title(item), item.published, item.synthetic)
            for item, document in reversed(found)
            if (value := getattr(document.quality, name)) is not None
        ]
        drawn = scores(marks, UNITS.get(name, ""), zone=look.zone, threshold=thresholds.get(name),
                       good_is_low=name in LOW_IS_GOOD, share=name in SHARES)  # fmt: skip
        with cells[number % 2]:
            title = f"{label} by evaluation"
            documented_chart.head_of(
                title, ABOUT, _newest(found), partial(_table, found, name), key=name
            )
            show_figure(drawn, title, key=f"score:{name}")


def _newest(found: Documents) -> str:
    age = time.time() - max(item.created_at for item, _ in found)
    return f"n = {len(found)} evaluations, newest {display.age(max(0.0, age))} ago"


def _table(found: Documents, name: str) -> pd.DataFrame:
    """An evaluation a row: when, which, on how many rows, and the score."""
    return pd.DataFrame(
        [
            (document.created_at, item.evaluation_id, document.model_version, item.published,
             document.rows.with_target, getattr(document.quality, name))
            for item, document in found
        ],
        columns=["created_at", "evaluation_id", "model_version", "published", "rows", name],
    )  # fmt: skip
