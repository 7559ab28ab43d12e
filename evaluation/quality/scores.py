"""Scores and residuals of predictions against the ground truth. Pure."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from evaluation.arrays import Floats
from evaluation.drift.histograms import bin_edges
from evaluation.result import Grid, Group, Quality, Residuals, number
from evaluation.terms import Task

MAX_GROUPS = 31
GRID = 24


def regression(target: Floats, prediction: Floats) -> Quality:
    """Return RMSE, MAE, R2 and MAPE (percent) of two arrays (n,) without missing values.

    The definitions are scikit-learn's, but a zero target counts as 100 percent in MAPE, and there
    is no MAPE for negative targets, where a percentage has no meaning.
    """
    error = prediction - target
    spread = float(np.sum((target - target.mean()) ** 2))
    ratios = np.where(target == 0, 1.0, np.abs(error) / np.where(target == 0, 1.0, np.abs(target)))
    return Quality(
        rmse=number(np.sqrt(np.mean(error**2))),
        mae=number(np.mean(np.abs(error))),
        r2=number(1 - float(np.sum(error**2)) / spread) if spread > 0 else None,
        mape=number(100 * ratios.mean()) if (target >= 0).all() else None,
    )


def residuals(frame: pd.DataFrame, target: str, prediction: str) -> Residuals:
    """Summarise prediction - target over the rows of `frame`, which have both.

    There are groups for each column with 2 to 31 different values.
    """
    truth = frame[target].to_numpy(dtype="float64")
    predicted = frame[prediction].to_numpy(dtype="float64")
    error = predicted - truth
    edges = bin_edges(error)
    by = {
        str(column): _groups(frame[column], error)
        for column in frame.columns
        if column not in (target, prediction) and 1 < frame[column].nunique() <= MAX_GROUPS
    }
    shared = np.linspace(*_range(np.concatenate([truth, predicted])), GRID + 1)
    counts, _, _ = np.histogram2d(truth, predicted, bins=(shared, shared))
    return Residuals(
        mean=float(error.mean()),
        std=float(error.std()),
        edges=edges.tolist(),
        counts=np.histogram(error, edges)[0].tolist(),
        by=by,
        predicted_against_true=Grid(shared.tolist(), counts.astype(int).tolist()),
    )


def _groups(values: pd.Series, error: Floats) -> list[Group]:
    frame = pd.DataFrame({"value": values.to_numpy(), "error": error, "absolute": np.abs(error)})
    table = frame.groupby("value", sort=True).agg(
        rows=("error", "size"), mean=("error", "mean"), mae=("absolute", "mean")
    )
    return [
        Group(f"{value:g}" if isinstance(value, float) else str(value), int(n), float(m), float(a))
        for value, n, m, a in table.itertuples()
    ]


def _range(values: Floats) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def positive_class(task: Task, columns: Iterable[Iterable[str]]) -> str | None:
    """Return the positive class of a binary task: of two labels, the one that sorts last.

    `columns` are the labels of targets and predictions in both data sets: rows of one class alone
    do not show which of the two it is. None for another task, or without exactly two labels.
    """
    if task != "binary":
        return None
    labels = {label for column in columns for label in column}
    return max(labels) if len(labels) == 2 else None


def classification(
    target: "pd.Series[str]",
    prediction: "pd.Series[str]",
    probability: "pd.Series[float] | None",
    positive: str | None,
    *,
    macro: bool,
) -> Quality:
    """Return accuracy, precision, recall, F1 (see `score_pairs`), ROC AUC and log loss.

    `target` and `prediction` are labels (n,), `probability` (n,) is that of the positive class, or
    of the label that sorts last. Source: scikit-learn's metrics.
    """
    from sklearn import metrics

    auc = loss = None
    if probability is not None:
        present = probability.notna()
        scored_target, probability = target[present], probability[present]
    if probability is not None and scored_target.nunique() == 2:
        last = positive if positive is not None else max(set(target) | set(prediction))
        truth = (scored_target == last).to_numpy()
        auc = number(metrics.roc_auc_score(truth, probability))
        loss = number(metrics.log_loss(truth, probability))
    return score_pairs(target, prediction, None, auc, loss, positive, macro=macro)


def score_pairs(
    target: "pd.Series[str]",
    prediction: "pd.Series[str]",
    rows: "pd.Series[int] | None",
    auc: float | None,
    loss: float | None,
    positive: str | None,
    *,
    macro: bool,
) -> Quality:
    """Score pairs of labels (k,), each counted `rows` times: accuracy, precision, recall and F1.

    The scores are those of the `positive` class, or with `macro` the mean over the classes with
    ground truth: a wrong prediction of another class lowers the recall of the actual one. A score
    is None where the positive class is unknown or has no rows.
    """
    from sklearn import metrics

    accuracy = number(metrics.accuracy_score(target, prediction, sample_weight=rows))
    if not macro and positive is None:
        return Quality(accuracy=accuracy, roc_auc=auc, log_loss=loss)
    options = {
        "average": "macro",
        "labels": sorted(set(target)) if macro else [positive],
        "zero_division": np.nan,
        "sample_weight": rows,
    }
    return Quality(
        accuracy=accuracy,
        precision=number(metrics.precision_score(target, prediction, **options)),
        recall=number(metrics.recall_score(target, prediction, **options)),
        f1=number(metrics.f1_score(target, prediction, **options)),
        roc_auc=auc,
        log_loss=loss,
    )
