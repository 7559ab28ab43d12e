"""Scores from one evaluation to the next, and how much truth is still missing."""

import streamlit as st

from console import frames, wiring, words
from console.adapters.model_service import Status
from console.charts.over_evaluations import Scored, scores
from console.panels import show_chart
from console.parts import evaluation
from console.promql import catalogue
from console.widgets import Look, latest
from evaluation.result import Evaluation

LOW_IS_GOOD = ("rmse", "mae", "mape", "log_loss")
UNITS = {"rmse": "target units", "mae": "target units", "mape": "%"}
Documents = list[tuple[Status, Evaluation]]


def truth(model: wiring.Model, look: Look) -> None:
    """How many predictions still wait for their truth, by the counters."""
    window = f"{round(look.span.seconds)}s"
    queries = (catalogue.PREDICTIONS_MADE, catalogue.TRUTHS_KNOWN)
    asked = [wiring.question(query, model.labels, window=window) for query in queries]
    futures = wiring.ask(asked)
    made, known = (frames.single(futures[question].result().series) for question in asked)
    length = words.age(look.span.seconds)
    cells = st.columns(3)
    cells[0].metric(f"Predictions in {length}", words.number(made), help=queries[0].description)
    cells[1].metric(f"Truths in {length}", words.number(known), help=queries[1].description)
    missing = max(0.0, 1 - known / made) if made > 0 else None
    cells[2].metric("Truth still missing", words.percent(missing),
                    help="A truth may belong to an earlier prediction.")  # fmt: skip


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
