"""Shows the quality of a classifier of several classes: confusion, calibration, scores by class."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console.charts import multiclass as drawn
from console.components import documented_chart
from console.formatting import display
from evaluation.result import Agreement, CalibrationBin, Evaluation, Multiclass

CONFUSION = "Rows by actual and predicted class; percent of the actual class."
CALIBRATION = (
    "Rows grouped by confidence, the largest probability of a row: of rows with 90 %, about 90 % "
    "should be right. Intervals are Wilson's 95 % intervals; the number beside a point is its "
    "count of rows."
)
SCORES = "Scores of each class against all others. A score without rows has no value."
ERROR_HELP = (
    "Expected calibration error: the mean difference between confidence and accuracy, weighted by "
    "the rows of each group. 0 is best."
)
SHARES = ("precision", "recall", "F1")


def show(
    result: Evaluation, multiclass: Multiclass, training: Sequence[CalibrationBin] = ()
) -> None:
    """Show all charts; `training` is the calibration on held-out rows of the training data."""
    _show_metrics(result, multiclass)
    show_brief(result, multiclass, training)
    frame = _score_table(multiclass)
    documented_chart.show_result_header(
        "Scores by class", SCORES, lambda: frame, result, key="class-scores"
    )
    number = st.column_config.NumberColumn
    columns = {name: number(format="%.3f") for name in SHARES}
    st.dataframe(
        frame, hide_index=True, key="class-scores", placeholder="–",
        column_config={
            "rows": number(format="localized"), "predicted": number(format="localized"), **columns,
        },
    )  # fmt: skip


def show_brief(
    result: Evaluation, multiclass: Multiclass, training: Sequence[CalibrationBin] = ()
) -> None:
    """Show the confusion matrix and the calibration only."""
    left, right = st.columns(2)
    with left:
        frame = pd.DataFrame(multiclass.confusion, multiclass.classes, multiclass.classes)
        table = frame.rename_axis("actual").reset_index()
        documented_chart.show(
            drawn.confusion(multiclass), "Confusion matrix", CONFUSION, lambda: table, result,
            key="confusion",
        )  # fmt: skip
    with right:
        _show_calibration(result, multiclass, training)


def _show_metrics(result: Evaluation, multiclass: Multiclass) -> None:
    rows = display.count(result.rows.with_target)
    metrics: list[tuple[str, str, str | None]] = [("Rows with ground truth", rows, None)]
    if multiclass.calibration_error is not None:
        error = display.share(multiclass.calibration_error)
        metrics.append(("Calibration error", error, ERROR_HELP))
    if result.agreement is not None:
        metrics.append(_agreement_metric(result.agreement))
    with st.container(horizontal=True, gap="large"):
        for label, value, hint in metrics:
            st.metric(label, value, help=hint, width="content")


def _agreement_metric(agreement: Agreement) -> tuple[str, str, str]:
    hint = (
        f"{display.count(agreement.positive)} of {display.count(agreement.votes)} votes without a "
        "class say that the prediction is right. 95 % interval: "
        f"{display.percent(agreement.lower)} to {display.percent(agreement.upper)}."
    )
    return "Users who agree", display.percent(agreement.share), hint


def _show_calibration(
    result: Evaluation, multiclass: Multiclass, training: Sequence[CalibrationBin]
) -> None:
    bins = multiclass.calibration
    frame = pd.DataFrame(
        [("evaluation", item.rows, item.probability, item.rate) for item in bins]
        + [("training", item.rows, item.probability, item.rate) for item in training],
        columns=["data", "rows", "mean_confidence", "accuracy"],
    )
    if frame.empty:
        st.info("**No calibration.** The rows have no probabilities.")
        return
    figure = drawn.confidence_calibration(bins, training)
    documented_chart.show(
        figure, "Calibration", CALIBRATION, lambda: frame, result, key="calibration"
    )


def _score_table(multiclass: Multiclass) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "class": item.name,
                "rows": item.rows,
                "predicted": item.predicted,
                "precision": item.precision,
                "recall": item.recall,
                "F1": item.f1,
            }
            for item in multiclass.scores
        ]
    )
