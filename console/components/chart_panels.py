"""Charts of a page: all asked at once, each drawn when its own answers are there."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from console import charts, wiring
from console import series as frames
from console.adapters.query_cache import Answer, Question
from console.components import error_once
from console.components.controls import AS_SAID, Look, zoom_into
from console.errors import ConsoleError, QueryRejected
from console.formatting import display, locale_numbers
from console.series import Series

NO_SERIES = "Prometheus answered, and no series matches in this time."
NO_NUMBER = "Prometheus answered, and its series have no number in this time."
Draw = Callable[[list[Series], list[Series]], go.Figure]


@dataclass(frozen=True)
class Panel:
    """A chart: `questions` by the name that their series get ("" keeps the labels)."""

    title: str
    unit: str
    description: str
    questions: Sequence[tuple[str, Question]]
    # the same questions over the period before, drawn behind
    compare: bool = False
    threshold: float | None = None
    marks: Sequence[charts.Mark] = ()
    draw: Draw | None = None
    empty: str = NO_SERIES
    key: str = field(default="")


def panel(query: Any, look: Look, labels: Any, **options: Any) -> Panel:
    """A panel of one query of the catalogue."""
    question = wiring.question(query, labels, look.span)
    return Panel(query.title, query.unit, query.description, [("", question)], **options)


def show_panels(panels: Sequence[Panel], look: Look, columns: int = 2) -> None:
    """In a grid, in their order; a slow one does not hold up the others."""
    cells: list[DeltaGenerator] = []
    for start in range(0, len(panels), columns):
        cells += st.columns(columns)[: len(panels) - start]
    asked = wiring.ask(question for item in panels for question in _all(item))
    waiting = {index: {asked[question] for question in _all(item)} for index, item in
               enumerate(panels)}  # fmt: skip
    done: set[Future[Answer]] = set()
    ready = [index for index, futures in waiting.items() if not futures]
    for future in as_completed(asked.values()):
        done.add(future)
        ready += [index for index, futures in waiting.items() if futures and futures <= done]
        for index in ready:
            del waiting[index]
            answers = {question: asked[question].result() for question in _all(panels[index])}
            with cells[index]:
                _panel(panels[index], answers, look)
        ready = []


def _all(item: Panel) -> list[Question]:
    asked = [question for _, question in item.questions]
    if item.compare:
        asked += [_before(question) for question in asked]
    return asked


def _before(question: Question) -> Question:
    assert question.span is not None
    return Question(question.text, question.span.before, question.at, question.source)


def _panel(item: Panel, answers: dict[Question, Answer], look: Look) -> None:
    found = [
        _named(series, name or _only(series, item.title))
        for name, question in item.questions
        for series in answers[question].series
    ]
    previous: list[Series] = []
    if item.compare:
        for name, question in item.questions:
            before = answers[_before(question)]
            moved = frames.shifted(before.series, look.span.seconds)
            previous += [_named(series, name or _only(series, item.title)) for series in moved]
    newest = [answers[question] for _, question in item.questions]
    show_head(item, newest, found)
    failed = next((answer.error for answer in newest if answer.error is not None), None)
    if failed is not None:
        _failed(failed, newest, found)
    if not any(np.isfinite(series.values).any() for series in found):
        if failed is None:
            text = NO_NUMBER if found and item.empty == NO_SERIES else item.empty
            st.info(f"**No data.** {text}")
        return
    if item.draw is not None:
        figure = item.draw(found, previous)
    else:
        figure = charts.lines(
            found, item.unit, zone=look.zone, threshold=item.threshold, previous=previous,
            marks=item.marks, span=look.span,
        )  # fmt: skip
    show_figure(figure, item.title, key=f"{item.key or item.title}:{look.key}", look=look)


def _failed(error: ConsoleError, answers: Sequence[Answer], found: list[Series]) -> None:
    age = time.time() - min(answer.came_at for answer in answers)
    kept = f" Below is what came {display.age(age)} ago." if found else ""
    if not error_once.first(error):
        st.caption(f"{AS_SAID}{kept}")
    elif isinstance(error, QueryRejected):
        st.warning(f"**Prometheus does not take this query.** {error.words}")
    else:
        st.error(f"**Could not ask.** {error}{kept}")


def _only(series: Series, title: str) -> str:
    """A series without a label is what the chart is of, in its hover and its CSV."""
    return "" if any(series.labels.values()) else title


def _named(series: Series, name: str) -> Series:
    return Series({"": name}, series.times, series.values) if name else series


def show_head(item: Panel, answers: Sequence[Answer], found: list[Series]) -> None:
    """The title; behind a click its PromQL, what it means, its age and its numbers as CSV."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{item.title}**", width="content")
        with st.popover("PromQL", type="tertiary"):
            st.markdown(item.description)
            for _, question in item.questions:
                st.code(question.text, language="promql", wrap_lines=True)
            st.caption(_about(item, answers, found))
            download(
                f"{item.title}.csv", lambda: frames.long(found), key=f"csv:{item.key or item.title}"
            )


def _about(item: Panel, answers: Sequence[Answer], found: list[Series]) -> str:
    samples = sum(series.values.size for series in found)
    parts = [
        f"Unit: {item.unit or 'none'}",
        f"{display.count(len(found))} series, {display.count(samples)} samples",
    ]
    span = item.questions[0][1].span
    if span is not None:
        parts.append(f"a sample each {display.age(span.step)}")
    if all(answer.known for answer in answers):
        age = time.time() - min(answer.came_at for answer in answers)
        parts.append(f"came {display.age(age)} ago")
    return " · ".join(parts)


def download(name: str, frame: Callable[[], pd.DataFrame], *, key: str) -> None:
    """A CSV that is made when somebody asks for it."""
    st.download_button(
        "CSV", lambda: frames.csv(frame()), file_name=name.lower().replace(" ", "_"),
        mime="text/csv", on_click="ignore", key=key,
    )  # fmt: skip


def show_figure(
    figure: go.Figure, title: str, *, key: str, look: Look | None = None, alt: str | None = None
) -> None:
    """A figure; where it has a time axis, a stretch that is drawn over becomes the page's time."""
    figure.update_layout(uirevision=key, separators=locale_numbers.separators())
    if st.context.theme.type == "dark":
        charts.for_dark(figure)
    if look is None:
        st.plotly_chart(figure, key=key, config={"displaylogo": False}, alt=alt or title)
        return
    figure.update_layout(dragmode="select", selectdirection="h")

    def picked() -> None:
        boxes = st.session_state[key]["selection"]["box"]
        if boxes:
            start, end = sorted(pd.Timestamp(str(edge)) for edge in boxes[0]["x"])
            moments = (edge.tz_localize(look.zone, ambiguous=True, nonexistent="shift_forward")
                       for edge in (start, end))  # fmt: skip
            zoom_into(*(edge.timestamp() for edge in moments))
            st.session_state["whole_page"] = True

    st.plotly_chart(
        figure, key=key, on_select=picked, selection_mode="box", alt=alt or title,
        config={"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "autoScale2d"]},
    )  # fmt: skip


def show_chart(figure: go.Figure, title: str, *, key: str, look: Look | None = None) -> None:
    """A figure under its title."""
    st.markdown(f"**{title}**")
    show_figure(figure, title, key=key, look=look)
