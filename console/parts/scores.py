"""Scores from one evaluation to the next, and how much truth is still missing."""

import time

import streamlit as st

from console import frames, wiring, words
from console.adapters.model_service import Status
from console.charts.over_evaluations import Scored, scores
from console.panels import show_chart
from console.parts import evaluation
from console.promql import catalogue
from console.promql import truth as missing
from console.widgets import Look, latest, show_answers
from evaluation.result import Evaluation

LOW_IS_GOOD = ("rmse", "mae", "mape", "log_loss")
UNITS = {"rmse": "target units", "mae": "target units", "mape": "%"}
Documents = list[tuple[Status, Evaluation]]


def truth(model: wiring.Model, look: Look) -> None:
    """How many predictions still wait for their truth, and how late it comes."""
    window = f"{round(look.span.seconds)}s"
    queries = (
        catalogue.PREDICTIONS_MADE, catalogue.TRUTHS_KNOWN, missing.WITHOUT_TRUTH,
        missing.TRUTH_LAG,
    )  # fmt: skip
    asked = [wiring.question(query, model.labels, window=window) for query in queries]
    futures = wiring.ask(asked)
    answers = [futures[question].result() for question in asked]
    show_answers(*answers)
    values = [frames.single(answer.series) for answer in answers]
    made, known, waiting, lag = values
    length = words.age(look.span.seconds)
    oldest = min(answer.came_at for answer in answers)
    came = f" Came {words.age(max(0.0, time.time() - oldest))} ago." if oldest else ""
    shown = (
        # counters are extrapolated to the ends of the time: a part of a prediction is none
        (f"Predictions in {length}", words.rounded(made), queries[0]),
        (f"Truths in {length}", words.rounded(known), queries[1]),
        ("Without truth, in the log", words.number(waiting), queries[2]),
        ("Truth comes after, median", words.duration(lag), queries[3]),
    )
    for cell, (label, value, query) in zip(st.columns(4), shown, strict=True):
        cell.metric(label, value, help=query.description + came)


def over_time(found: Documents, model: wiring.Model, look: Look) -> None:
    about = latest(f"about:{model.name}", lambda: wiring.service(model).about()).value or {}
    thresholds = about.get("thresholds") or {}
    shown = [
        (label, name) for label, name, _ in evaluation.SCORES
        if any(getattr(document.quality, name) is not None for _, document in found)
    ]  # fmt: skip
    cells = st.columns(2)
    for number, (label, name) in enumerate(shown):
        marks = [
            Scored(item.created_at, value, evaluation.title(item), item.published)
            for item, document in reversed(found)
            if (value := getattr(document.quality, name)) is not None
        ]
        drawn = scores(marks, UNITS.get(name, ""), zone=look.zone, threshold=thresholds.get(name),
                       good_is_low=name in LOW_IS_GOOD)  # fmt: skip
        with cells[number % 2]:
            show_chart(drawn, f"{label} by evaluation", key=f"score:{name}")
