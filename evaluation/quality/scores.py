"""Scores and residuals of predictions against the truth. Pure."""

import numpy as np
import pandas as pd

from evaluation.arrays import Floats
from evaluation.drift.histograms import edges_for
from evaluation.result import Grid, Group, Quality, Residuals, number

MOST_GROUPS = 31
GRID = 24


def regression(target: Floats, prediction: Floats) -> Quality:
    """RMSE, MAE, R2 and MAPE (percent) of two arrays (n,) without missing values.

    The definitions are scikit-learn's, but a zero target counts as 100 percent in MAPE and
    negative targets give no MAPE: a percentage of them means nothing.
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
    """Aggregates of prediction - target over the rows of `frame`, which have both.

    Groups are made for the columns with at most 31 different values.
    """
    truth = frame[target].to_numpy(dtype="float64")
    predicted = frame[prediction].to_numpy(dtype="float64")
    error = predicted - truth
    edges = edges_for(error)
    by = {
        str(column): _groups(frame[column], error)
        for column in frame.columns
        if column not in (target, prediction) and 1 < frame[column].nunique() <= MOST_GROUPS
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


def positive_of(labels: set[str]) -> str | None:
    """The positive class of two: the label that sorts last. None unless there are just two.

    The labels are to be those of both data sets, truths and predictions: rows of one class alone
    do not tell which of the two it is.
    """
    return max(labels) if len(labels) == 2 else None


def classification(
    target: "pd.Series[str]",
    prediction: "pd.Series[str]",
    probability: "pd.Series[float] | None",
    positive: str | None,
    *,
    macro: bool,
) -> Quality:
    """Accuracy, precision, recall and F1 as `of_labels` tells them; ROC AUC and log loss.

    `target` and `prediction` are labels (n,), `probability` (n,) is that of the positive class, or
    of the label that sorts last. Source: scikit-learn's metrics.
    """
    from sklearn import metrics

    auc = loss = None
    if probability is not None:
        known = probability.notna()
        target_known, probability = target[known], probability[known]
    if probability is not None and target_known.nunique() == 2:
        last = positive if positive is not None else max(set(target) | set(prediction))
        truth = (target_known == last).to_numpy()
        auc = number(metrics.roc_auc_score(truth, probability))
        loss = number(metrics.log_loss(truth, probability))
    return of_labels(target, prediction, None, auc, loss, positive, macro=macro)


def of_labels(
    target: "pd.Series[str]",
    prediction: "pd.Series[str]",
    rows: "pd.Series[int] | None",
    auc: float | None,
    loss: float | None,
    positive: str | None,
    *,
    macro: bool,
) -> Quality:
    """Accuracy, precision, recall and F1 of pairs of labels, each counted `rows` times (k,).

    Scores are those of the `positive` class, or with `macro` the mean over all classes. A score has
    no value where no class is known to be the positive one, or where it has no rows.
    """
    from sklearn import metrics

    accuracy = number(metrics.accuracy_score(target, prediction, sample_weight=rows))
    if not macro and positive is None:
        return Quality(accuracy=accuracy, roc_auc=auc, log_loss=loss)
    chosen = {
        "average": "macro",
        "labels": None if macro else [positive],
        "zero_division": np.nan,
        "sample_weight": rows,
    }
    return Quality(
        accuracy=accuracy,
        precision=number(metrics.precision_score(target, prediction, **chosen)),
        recall=number(metrics.recall_score(target, prediction, **chosen)),
        f1=number(metrics.f1_score(target, prediction, **chosen)),
        roc_auc=auc,
        log_loss=loss,
    )
