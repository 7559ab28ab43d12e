"""A classifier of two classes on a page: its curves, the confusion at a threshold, its segments."""

import pandas as pd
import streamlit as st

from console.charts import classes, confusion
from console.components import documented_chart
from console.formatting import display, locale_numbers
from evaluation.result import Classification, Evaluation

# what the class is decided from where nobody has chosen another
USUAL_THRESHOLD = 0.5
ROC = (
    "Each threshold is a point: how many of the positives it finds, and how many of the negatives "
    "it calls positive. The area below is the ROC AUC; chance has 0.5."
)
PRECISION_RECALL = (
    "Each threshold is a point: how many of the positives it finds, and how many of those that it "
    "calls positive are. Chance has the rate of the class."
)
CALIBRATION = (
    "Rows of alike probabilities: of those with 30 % about 30 % should be positive. The interval "
    "is Wilson's at 95 percent, the number beside a point its rows."
)
CONFUSION = "Rows by what they are and what they are called; percent of those that are so."
SEGMENTS = (
    "The categories in which the model ranks worst stand first; those of fewer than "
    f"{confusion.LEAST_ROWS} rows, or of one class, last. The gap is the mean probability "
    "minus the rate: above 0 the model expects too many."
)


def show(result: Evaluation, found: Classification) -> None:
    """Everything; the threshold is in the URL."""
    st.fragment(_at_threshold)(result, found)
    _segments(result, found)


def brief(result: Evaluation, found: Classification) -> None:
    """The ROC curve and the calibration, for pages that are about something else."""
    chosen = confusion.at_threshold(found, USUAL_THRESHOLD)
    _chart("ROC curve", ROC, classes.roc(found, chosen), confusion.table(found), result)
    _calibration(result, found)


def _at_threshold(result: Evaluation, found: Classification) -> None:
    threshold = st.slider(
        "Threshold: a row is called positive from this probability on", 0.0, 1.0,
        USUAL_THRESHOLD, 0.01, key="threshold", bind="query-params",
    )  # fmt: skip
    chosen = confusion.at_threshold(found, threshold)
    with st.container(horizontal=True, gap="large"):
        for label, value in (
            ("Precision", display.share(chosen.precision)),
            ("Recall", display.share(chosen.recall)),
            ("F1", display.share(chosen.f1)),
            ("Accuracy", display.share(chosen.accuracy)),
            ("Called positive", display.percent(chosen.called)),
            ("Rows with truth", display.count(chosen.rows)),
            ("Brier score", display.share(found.brier)),
        ):
            st.metric(label, value, width="content")
    curves = confusion.table(found)
    left, right = st.columns(2)
    with left:
        _chart("ROC curve", ROC, classes.roc(found, chosen), curves, result)
        title = f"Confusion at {locale_numbers.fixed(chosen.threshold, 2)}"
        frame = curves[curves["threshold"] == chosen.threshold]
        figure = classes.confusion(chosen, found.positive)
        _chart(title, CONFUSION, figure, frame, result, key="confusion")
    with right:
        figure = classes.precision_recall(found, chosen)
        _chart("Precision-recall curve", PRECISION_RECALL, figure, curves, result)
        _calibration(result, found)


def _calibration(result: Evaluation, found: Classification) -> None:
    frame = pd.DataFrame(
        [(item.rows, item.probability, item.rate) for item in found.calibration],
        columns=["rows", "mean_probability", "rate"],
    )
    figure = classes.calibration(found.calibration)
    _chart("Calibration", CALIBRATION, figure, frame, result)


def _chart(
    title: str, text: str, figure: object, frame: pd.DataFrame, result: Evaluation,
    key: str | None = None,
) -> None:  # fmt: skip
    documented_chart.show(figure, title, text, lambda: frame, result, key=key or title)


def _segments(result: Evaluation, found: Classification) -> None:
    frame = confusion.segments(found)
    if frame.empty:
        st.caption("The model has no categories of at most 31 values: there are no segments.")
        return
    documented_chart.show_result_header(
        "Segments, worst ranked first", SEGMENTS, lambda: frame, result, key="segments"
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        frame, hide_index=True, key="segments",
        column_config={
            "rows": number(format="localized"), "rate": number(format="percent"),
            "mean probability": number(format="percent"), "gap": number(format="%+.3f"),
            "ROC AUC": number(format="%.3f"),
        },
    )  # fmt: skip
