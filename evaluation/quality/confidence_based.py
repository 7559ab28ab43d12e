"""Classification scores without ground truth: confidence-based estimation (CBPE). Pure."""

import numpy as np
import pandas as pd

from evaluation.arrays import Floats
from evaluation.inputs.convert import label
from evaluation.inputs.schema import Schema
from evaluation.result import EstimatedScore

FOLDS = 3
DRAWS = 200


def confidence_based(
    reference: pd.DataFrame, current: pd.DataFrame, schema: Schema
) -> list[EstimatedScore]:
    """Estimate accuracy, precision, recall, F1 and ROC AUC from calibrated probabilities.

    The probability of the label that sorts last is calibrated on the reference (isotonic, the mean
    of 3 folds). Each row is right or wrong with its probability: the expected confusion matrix
    gives the scores; 200 draws of the labels give the interval.
    """
    target = reference[str(schema.target)].map(label)
    positive = max(target)
    truth: Floats = (target == positive).to_numpy().astype(np.float64)
    probability = current[str(schema.probability)].to_numpy(dtype="float64")
    calibrated = _calibrate(
        reference[str(schema.probability)].to_numpy(dtype="float64"), truth, probability
    )
    is_positive = (current[str(schema.prediction)].map(label) == positive).to_numpy()
    predicted: Floats = is_positive.astype(np.float64)
    expected = _confusion_scores(calibrated, predicted, probability)
    random = np.random.default_rng(0)
    draws = [
        _confusion_scores(
            (random.random(len(probability)) < calibrated).astype("float64"),
            predicted,
            probability,
        )
        for _ in range(DRAWS)
    ]
    return [
        _with_interval(name, value, [draw[name] for draw in draws])
        for name, value in expected.items()
        if value is not None
    ]


def _calibrate(reference: Floats, truth: Floats, current: Floats) -> Floats:
    """Return the calibrated probabilities (m,) of `current` (m,), NaN for missing."""
    from sklearn.isotonic import IsotonicRegression

    present = ~np.isnan(reference)
    calibrated = np.zeros_like(current)
    for fold in range(FOLDS):
        training = present & (np.arange(len(reference)) % FOLDS != fold)
        model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
        model.fit(reference[training], truth[training])
        calibrated += np.nan_to_num(model.predict(np.nan_to_num(current, nan=0.5)), nan=0.5) / FOLDS
    return calibrated


def _with_interval(name: str, value: float, draws: list[float | None]) -> EstimatedScore:
    scores = [score for score in draws if score is not None]
    low, high = np.quantile(np.array(scores or [value], dtype="float64"), [0.025, 0.975])
    return EstimatedScore(
        name=name, value=value, lower=min(float(low), value), upper=max(float(high), value)
    )


def _confusion_scores(
    truth: Floats, predicted: Floats, probability: Floats
) -> dict[str, float | None]:
    """Score rows (n,) that are positive to the extent `truth`, and predicted so by `predicted`."""
    hits = float(truth @ predicted)
    predicted_positive, positive = float(predicted.sum()), float(truth.sum())
    precision = hits / predicted_positive if predicted_positive else None
    recall = hits / positive if positive else None
    total = predicted_positive + positive
    correct = hits + float((1 - truth) @ (1 - predicted))
    return {
        "accuracy": correct / len(truth),
        "precision": precision,
        "recall": recall,
        "f1": 2 * hits / total if total else None,
        "roc_auc": _roc_auc(truth, probability),
    }


def _roc_auc(truth: Floats, probability: Floats) -> float | None:
    """Return the chance that a positive row has a higher probability than a negative one.

    Ties count half; row i is positive to the extent truth[i].
    """
    order = np.argsort(probability, kind="stable")
    _, groups = np.unique(probability[order], return_inverse=True)
    positive = np.bincount(groups, weights=truth[order])
    negative = np.bincount(groups, weights=1 - truth[order])
    pairs = float(positive.sum() * negative.sum())
    if pairs == 0:
        return None
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum()) / pairs
