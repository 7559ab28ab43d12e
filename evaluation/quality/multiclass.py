"""A classifier of several classes: confusion, scores by class, calibration of the confidence."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.arrays import Counts, Floats
from evaluation.inputs.schema import Schema
from evaluation.quality.classifier import calibrate
from evaluation.result import CalibrationBin, ClassScores, Multiclass

# a document does not hold a million cells
MAX_CLASSES = 100
# what log loss takes for a probability of 0
MIN_PROBABILITY = 2.220446049250313e-16


def multiclass(rows: pd.DataFrame, schema: Schema) -> Multiclass | None:
    """Count `rows` (n), which have target and prediction, by actual and predicted class.

    None without rows and with more than 100 classes.
    """
    labels = [pd.Index(rows[str(name)].astype(str)) for name in (schema.target, schema.prediction)]
    classes = class_names(schema, {label for side in labels for label in side.unique()})
    if len(rows) == 0 or len(classes) > MAX_CLASSES:
        return None
    actual, predicted = (pd.Index(classes).get_indexer(side) for side in labels)
    size = len(classes)
    confusion = np.bincount(actual * size + predicted, minlength=size**2).reshape(size, size)
    bins = _calibration(rows, schema, actual == predicted)
    return Multiclass(
        classes=classes,
        confusion=confusion.tolist(),
        scores=_scores(classes, confusion),
        calibration=bins,
        calibration_error=_calibration_error(bins),
    )


def class_names(schema: Schema, labels: set[str]) -> list[str]:
    """Return the classes in the order of the schema, then the other `labels`, sorted."""
    named = [*schema.probabilities, *([schema.remainder] if schema.remainder else [])]
    return [*named, *sorted(labels - set(named))]


def probabilities_of(rows: pd.DataFrame, schema: Schema) -> pd.DataFrame | None:
    """Return the probabilities (n x classes) of the schema's classes, the remainder's last.

    NaN where one is missing; None without their columns, or with values outside 0 to 1.
    """
    columns = list(schema.probabilities.values())
    if not columns or any(name not in rows.columns for name in columns):
        return None
    table = rows[columns].set_axis(list(schema.probabilities), axis=1)
    total = table.sum(axis=1, skipna=False)
    # a sum of rounded probabilities may be a little above 1
    if (table < 0).any(axis=None) or (table > 1).any(axis=None) or (total > 1 + 1e-6).any():
        return None
    if schema.remainder is not None:
        table = table.assign(**{schema.remainder: (1 - total).clip(lower=0)})
    return table


def rank_and_loss(
    target: Sequence[str] | pd.Series, probabilities: pd.DataFrame
) -> tuple[float | None, float | None]:
    """Return ROC AUC (each class against the others, the mean over the classes) and log loss.

    Rows without probabilities do not count. ROC AUC is None without rows of two classes, log loss
    with a target that has no probability. Source: scikit-learn's metrics.
    """
    from sklearn.metrics import roc_auc_score

    present = probabilities.notna().all(axis=1).to_numpy()
    truth = np.asarray(target, dtype=object)[present]
    table = probabilities[present]
    areas = [
        roc_auc_score(truth == name, table[name])
        for name in table.columns
        if 0 < np.count_nonzero(truth == name) < len(truth)
    ]
    places = table.columns.get_indexer(pd.Index(truth, dtype=object))
    loss = None
    if len(truth) and (places >= 0).all():
        of_truth = table.to_numpy(dtype="float64")[np.arange(len(truth)), places]
        loss = float(-np.log(np.maximum(of_truth, MIN_PROBABILITY)).mean())
    return (float(np.mean(areas)) if areas else None), loss


def _scores(classes: list[str], confusion: Counts) -> list[ClassScores]:
    actual, predicted, right = confusion.sum(axis=1), confusion.sum(axis=0), np.diag(confusion)
    return [
        ClassScores(
            name=name,
            rows=int(actual[i]),
            predicted=int(predicted[i]),
            precision=_ratio(right[i], predicted[i]),
            recall=_ratio(right[i], actual[i]),
            f1=_ratio(2 * right[i], actual[i] + predicted[i]),
        )
        for i, name in enumerate(classes)
    ]


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None


def _calibration(
    rows: pd.DataFrame, schema: Schema, right: npt.NDArray[np.bool_]
) -> list[CalibrationBin]:
    """Compare the largest probability of a row with how often the prediction is right."""
    table = probabilities_of(rows, schema)
    if table is None:
        return []
    confidence: Floats = table.max(axis=1, skipna=False).to_numpy(dtype="float64")
    present = ~np.isnan(confidence)
    return calibrate(right[present], confidence[present])


def _calibration_error(bins: list[CalibrationBin]) -> float | None:
    """Return the expected calibration error (Naeini et al., AAAI 2015); None without bins."""
    rows = sum(item.rows for item in bins)
    gaps = sum(item.rows * abs(item.rate - item.probability) for item in bins)
    return gaps / rows if rows else None
