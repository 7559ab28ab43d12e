"""Classification scores without truth: confidence-based performance estimation (CBPE). Pure."""

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
    """Accuracy, precision, recall, F1 and ROC AUC by confidence-based performance estimation.

    The probability of the label that sorts last is calibrated on the reference (isotonic, the mean
    of 3 folds). A row then is right or wrong with its probability: the expected confusion matrix
    gives the scores; 200 draws of the labels give the interval.
    """
    from sklearn.isotonic import IsotonicRegression

    labels = sorted(set(reference[str(schema.target)].map(label)))
    positive = labels[-1]
    truth = (reference[str(schema.target)].map(label) == positive).to_numpy(dtype="float64")
    raw = reference[str(schema.probability)].to_numpy(dtype="float64")
    asked = current[str(schema.probability)].to_numpy(dtype="float64")
    usable = ~np.isnan(raw)
    calibrated = np.zeros_like(asked)
    for fold in range(FOLDS):
        kept = usable & (np.arange(len(raw)) % FOLDS != fold)
        fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
        fitted.fit(raw[kept], truth[kept])
        calibrated += np.nan_to_num(fitted.predict(np.nan_to_num(asked, nan=0.5)), nan=0.5) / FOLDS
    called = (current[str(schema.prediction)].map(label) == positive).to_numpy()
    said: Floats = called.astype(np.float64)
    values = _confusion_scores(calibrated, said, asked)
    random = np.random.default_rng(0)
    drawn = [
        _confusion_scores((random.random(len(asked)) < calibrated).astype("float64"), said, asked)
        for _ in range(DRAWS)
    ]
    found = []
    for name, value in values.items():
        if value is None:
            continue
        spread = [each[name] for each in drawn if each[name] is not None]
        low, high = np.quantile(np.array(spread or [value], dtype="float64"), [0.025, 0.975])
        found.append(
            EstimatedScore(
                name=name, value=value, lower=min(float(low), value), upper=max(float(high), value)
            )
        )
    return found


def _confusion_scores(true: Floats, said: Floats, score: Floats) -> dict[str, float | None]:
    """Scores when row i is positive to the extent true[i] and was called so by said[i]."""
    hits, called, positive = float(true @ said), float(said.sum()), float(true.sum())
    precision = hits / called if called else None
    recall = hits / positive if positive else None
    f1 = 2 * hits / (called + positive) if called + positive else None
    right = hits + float((1 - true) @ (1 - said))
    return {
        "accuracy": right / len(true),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "roc_auc": _area(true, score),
    }


def _area(true: Floats, score: Floats) -> float | None:
    """P(score of a positive > that of a negative), ties count half; row i is positive true[i]."""
    order = np.argsort(score, kind="stable")
    _, groups = np.unique(score[order], return_inverse=True)
    positive = np.bincount(groups, weights=true[order])
    negative = np.bincount(groups, weights=1 - true[order])
    pairs = float(positive.sum() * negative.sum())
    if pairs == 0:
        return None
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum()) / pairs
