"""Computes the confusion matrix of a binary classifier at a threshold, and its segments. Pure."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.result import Classification, ClassSegment

# the ROC AUC of fewer rows is too uncertain to rank
MIN_ROWS = 30


@dataclass(frozen=True)
class Confusion:
    """The confusion matrix of the rows with ground truth at a threshold.

    A ratio is None if its denominator is 0.
    """

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def rows(self) -> int:
        positive = self.true_positives + self.false_positives
        return positive + self.false_negatives + self.true_negatives

    @property
    def positive_share(self) -> float | None:
        """The share of rows that are predicted positive."""
        return _ratio(self.true_positives + self.false_positives, self.rows)

    @property
    def precision(self) -> float | None:
        return _ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        return _ratio(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def false_positive_rate(self) -> float | None:
        return _ratio(self.false_positives, self.false_positives + self.true_negatives)

    @property
    def f1(self) -> float | None:
        wrong = self.false_positives + self.false_negatives
        return _ratio(2 * self.true_positives, 2 * self.true_positives + wrong)

    @property
    def accuracy(self) -> float | None:
        return _ratio(self.true_positives + self.true_negatives, self.rows)


def at_threshold(classification: Classification, threshold: float) -> Confusion:
    """Return the confusion matrix at the nearest threshold of the evaluation."""
    index = int(np.abs(np.asarray(classification.thresholds) - threshold).argmin())
    right, wrong = classification.true_positives[index], classification.false_positives[index]
    return Confusion(
        classification.thresholds[index],
        right,
        wrong,
        classification.positives - right,
        classification.negatives - wrong,
    )


def at_each_threshold(classification: Classification) -> list[Confusion]:
    """Return a confusion matrix for every threshold, lowest first."""
    return [at_threshold(classification, threshold) for threshold in classification.thresholds]


def table(classification: Classification) -> pd.DataFrame:
    """Build a table of the curves: a row per threshold with counts and ratios."""
    return pd.DataFrame(
        [
            {
                "threshold": item.threshold,
                "true_positives": item.true_positives,
                "false_positives": item.false_positives,
                "false_negatives": item.false_negatives,
                "true_negatives": item.true_negatives,
                "precision": item.precision,
                "recall": item.recall,
                "false_positive_rate": item.false_positive_rate,
                "f1": item.f1,
                "accuracy": item.accuracy,
            }
            for item in at_each_threshold(classification)
        ]
    )


def segments(classification: Classification) -> pd.DataFrame:
    """Build a table of the segments, lowest ROC AUC first.

    Segments that are too small or have one class come last.
    """
    rows = [
        _segment(column, item)
        for column, segments in classification.by.items()
        for item in segments
    ]
    frame = pd.DataFrame(
        rows, columns=["segment", "rows", "rate", "mean probability", "gap", "ROC AUC"]
    )
    ranked = frame["ROC AUC"].where(frame["rows"] >= MIN_ROWS)
    order = ranked.sort_values(na_position="last", kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _segment(column: str, item: ClassSegment) -> dict[str, object]:
    return {
        "segment": f"{column} = {item.value}",
        "rows": item.rows,
        "rate": item.rate,
        "mean probability": item.probability,
        "gap": item.probability - item.rate,
        "ROC AUC": item.roc_auc,
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
