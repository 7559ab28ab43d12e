"""A binary classifier at every threshold, its calibration and its segments. Pure."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.arrays import Floats
from evaluation.result import CalibrationBin, Classification, ClassSegment

STEPS = 100
BINS = 10
MAX_SEGMENTS = 31


def classification(
    rows: pd.DataFrame, target: str, probability: str, segments: tuple[str, ...]
) -> Classification | None:
    """Count `rows` (n) with a target by threshold, by bin of the probability and by category.

    The positive class is the label of the target that sorts last; a row is predicted positive if
    its probability is at least the threshold. ROC and precision-recall curves and the confusion at
    any of the 101 thresholds follow from the counts. None without two classes or without
    probabilities in 0 to 1.
    """
    scored = rows.dropna(subset=[target, probability])
    labels = sorted(set(scored[target].astype(str)))
    score = scored[probability].to_numpy(dtype="float64")
    if len(labels) != 2 or score.min() < 0 or score.max() > 1:
        return None
    truth = (scored[target].astype(str) == labels[-1]).to_numpy()
    thresholds = np.arange(STEPS + 1) / STEPS
    return Classification(
        positive=labels[-1],
        positives=int(truth.sum()),
        negatives=int((~truth).sum()),
        thresholds=thresholds.tolist(),
        true_positives=_count_from(score[truth], thresholds),
        false_positives=_count_from(score[~truth], thresholds),
        calibration=calibrate(truth, score),
        brier=float(np.mean((score - truth) ** 2)),
        by={
            column: _segments(scored[column], truth, score)
            for column in segments
            if column in scored.columns and 1 < scored[column].nunique() <= MAX_SEGMENTS
        },
    )


def _count_from(scores: Floats, thresholds: Floats) -> list[int]:
    """Count the scores at or above each threshold."""
    below = np.searchsorted(np.sort(scores), thresholds, side="left")
    return (len(scores) - below).astype(int).tolist()  # type: ignore[no-any-return]


def calibrate(truth: npt.NDArray[np.bool_], score: Floats) -> list[CalibrationBin]:
    """Compare mean scores (0 to 1) with rates of `truth`, in the bins of width 0.1 with rows."""
    bin_of_row = np.minimum((score * BINS).astype(int), BINS - 1)
    bins = []
    for number in range(BINS):
        inside = bin_of_row == number
        if inside.any():
            bins.append(
                CalibrationBin(
                    rows=int(inside.sum()),
                    probability=float(score[inside].mean()),
                    rate=float(truth[inside].mean()),
                )
            )
    return bins


def _segments(values: pd.Series, truth: npt.NDArray[np.bool_], score: Floats) -> list[ClassSegment]:
    from sklearn.metrics import roc_auc_score

    names = values.astype(object).to_numpy()
    segments = []
    for name in sorted({str(value) for value in values.dropna().unique()}):
        inside = names.astype(str) == name
        has_both = 0 < truth[inside].sum() < inside.sum()
        segments.append(
            ClassSegment(
                value=name,
                rows=int(inside.sum()),
                rate=float(truth[inside].mean()),
                probability=float(score[inside].mean()),
                roc_auc=float(roc_auc_score(truth[inside], score[inside])) if has_both else None,
            )
        )
    return segments
