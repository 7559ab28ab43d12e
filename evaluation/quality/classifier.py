"""A classifier of two classes at every threshold, its calibration, and its segments. Pure."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.arrays import Floats
from evaluation.result import CalibrationBin, Classification, ClassSegment

STEPS = 100
BINS = 10
MOST_SEGMENTS = 31


def classification(
    rows: pd.DataFrame, target: str, probability: str, segments: tuple[str, ...]
) -> Classification | None:
    """Counts of `rows` (n) with truth, by threshold, by bin of the probability, by category.

    The positive class is the label of the target that sorts last; a row is called positive from the
    threshold on. ROC and precision-recall curves and the confusion at any of the 101 thresholds
    follow from the counts. None without two classes or without probabilities in 0 to 1.
    """
    known = rows.dropna(subset=[target, probability])
    labels = sorted(set(known[target].astype(str)))
    score = known[probability].to_numpy(dtype="float64")
    if len(labels) != 2 or score.min() < 0 or score.max() > 1:
        return None
    truth = (known[target].astype(str) == labels[-1]).to_numpy()
    thresholds = np.arange(STEPS + 1) / STEPS
    return Classification(
        positive=labels[-1],
        positives=int(truth.sum()),
        negatives=int((~truth).sum()),
        thresholds=thresholds.tolist(),
        true_positives=_from(score[truth], thresholds),
        false_positives=_from(score[~truth], thresholds),
        calibration=_calibration(truth, score),
        brier=float(np.mean((score - truth) ** 2)),
        by={
            column: _segments(known[column], truth, score)
            for column in segments
            if column in known.columns and 1 < known[column].nunique() <= MOST_SEGMENTS
        },
    )


def _from(scores: Floats, thresholds: Floats) -> list[int]:
    """How many scores are at or above each threshold."""
    below = np.searchsorted(np.sort(scores), thresholds, side="left")
    return (len(scores) - below).astype(int).tolist()  # type: ignore[no-any-return]


def _calibration(truth: npt.NDArray[np.bool_], score: Floats) -> list[CalibrationBin]:
    """Bins of equal width that have rows: the mean probability beside the rate of the class."""
    place = np.minimum((score * BINS).astype(int), BINS - 1)
    found = []
    for number in range(BINS):
        inside = place == number
        if inside.any():
            found.append(
                CalibrationBin(
                    rows=int(inside.sum()),
                    probability=float(score[inside].mean()),
                    rate=float(truth[inside].mean()),
                )
            )
    return found


def _segments(values: pd.Series, truth: npt.NDArray[np.bool_], score: Floats) -> list[ClassSegment]:
    from sklearn.metrics import roc_auc_score

    names = values.astype(object).to_numpy()
    found = []
    for name in sorted({str(value) for value in values.dropna().unique()}):
        inside = names.astype(str) == name
        both = 0 < truth[inside].sum() < inside.sum()
        found.append(
            ClassSegment(
                value=name,
                rows=int(inside.sum()),
                rate=float(truth[inside].mean()),
                probability=float(score[inside].mean()),
                roc_auc=float(roc_auc_score(truth[inside], score[inside])) if both else None,
            )
        )
    return found
