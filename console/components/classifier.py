"""Shows the quality of a binary classifier: curves, confusion matrix, segments."""

import pandas as pd
import streamlit as st

from console.charts import classes, confusion
from console.components import documented_chart
from console.formatting import display, locale_numbers
from evaluation.result import Classification, Evaluation

# the usual decision threshold of a probability
DEFAULT_THRESHOLD = 0.5
ROC = (
    "True positive rate against false positive rate, one point per threshold. The area below is "
    "the ROC AUC. A random model has 0.5."
)
PRECISION_RECALL = (
    "Precision against recall, one point per threshold. The precision of a random model is the "
    "rate of the class."
)
CALIBRATION = (
    "Rows grouped by probability: of rows with 30 %, about 30 % should be positive. Intervals are "
    "Wilson's 95 % intervals; the number beside a point is its count of rows."
)
CONFUSION = "Rows by actual and predicted class; percent of the actual class."
SEGMENTS = (
    "Segments with the lowest ROC AUC first; segments with fewer than "
    f"{confusion.MIN_ROWS} rows or one class last. The gap is the mean probability minus the "
    "rate: above 0, the model predicts too many positives."
)


def show(result: Evaluation, classification: Classification) -> None:
    """Show curves at a threshold, which is in the URL, and the segments."""
    st.fragment(_show_at_threshold)(result, classification)
    _show_segments(result, classification)


def show_brief(result: Evaluation, classification: Classification) -> None:
    """Show the ROC curve and the calibration only."""
    selected = confusion.at_threshold(classification, DEFAULT_THRESHOLD)
    _show_chart(
        "ROC curve",
        ROC,
        classes.roc(classification, selected),
        confusion.table(classification),
        result,
    )
    _show_calibration(result, classification)


def _show_at_threshold(result: Evaluation, classification: Classification) -> None:
    threshold = st.slider(
        "Threshold (probability for a positive prediction)", 0.0, 1.0,
        DEFAULT_THRESHOLD, 0.01, key="threshold", bind="query-params",
    )  # fmt: skip
    selected = confusion.at_threshold(classification, threshold)
    with st.container(horizontal=True, gap="large"):
        for label, value in (
            ("Precision", display.share(selected.precision)),
            ("Recall", display.share(selected.recall)),
            ("F1", display.share(selected.f1)),
            ("Accuracy", display.share(selected.accuracy)),
            ("Predicted positive", display.percent(selected.positive_share)),
            ("Rows with ground truth", display.count(selected.rows)),
            ("Brier score", display.share(classification.brier)),
        ):
            st.metric(label, value, width="content")
    curves = confusion.table(classification)
    left, right = st.columns(2)
    with left:
        _show_chart("ROC curve", ROC, classes.roc(classification, selected), curves, result)
        title = f"Confusion matrix at {locale_numbers.fixed(selected.threshold, 2)}"
        frame = curves[curves["threshold"] == selected.threshold]
        figure = classes.confusion(selected, classification.positive)
        _show_chart(title, CONFUSION, figure, frame, result, key="confusion")
    with right:
        figure = classes.precision_recall(classification, selected)
        _show_chart("Precision-recall curve", PRECISION_RECALL, figure, curves, result)
        _show_calibration(result, classification)


def _show_calibration(result: Evaluation, classification: Classification) -> None:
    frame = pd.DataFrame(
        [(item.rows, item.probability, item.rate) for item in classification.calibration],
        columns=["rows", "mean_probability", "rate"],
    )
    figure = classes.calibration(classification.calibration)
    _show_chart("Calibration", CALIBRATION, figure, frame, result)


def _show_chart(
    title: str, text: str, figure: object, frame: pd.DataFrame, result: Evaluation,
    key: str | None = None,
) -> None:  # fmt: skip
    documented_chart.show(figure, title, text, lambda: frame, result, key=key or title)


def _show_segments(result: Evaluation, classification: Classification) -> None:
    frame = confusion.segments(classification)
    if frame.empty:
        st.caption("No segments: no categorical column has at most 31 values.")
        return
    documented_chart.show_result_header(
        "Segments by ROC AUC", SEGMENTS, lambda: frame, result, key="segments"
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
