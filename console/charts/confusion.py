"""A classifier of two classes at one threshold, and its segments, worst ranked first. Pure."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.result import Classification, ClassSegment

# the ROC AUC of fewer rows says little
LEAST_ROWS = 30


@dataclass(frozen=True)
class Confusion:
    """Rows with truth by what they are and by what they are called from `threshold` on.

    A ratio is None where nothing is there to be counted.
    """

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def rows(self) -> int:
        called = self.true_positives + self.false_positives
        return called + self.false_negatives + self.true_negatives

    @property
    def called(self) -> float | None:
        """The share of the rows that is called positive."""
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


def at_threshold(found: Classification, threshold: float) -> Confusion:
    """The confusion at the nearest of the thresholds that were counted."""
    place = int(np.abs(np.asarray(found.thresholds) - threshold).argmin())
    right, wrong = found.true_positives[place], found.false_positives[place]
    return Confusion(
        found.thresholds[place], right, wrong, found.positives - right, found.negatives - wrong
    )


def at_each_threshold(found: Classification) -> list[Confusion]:
    """One a threshold, from the lowest on."""
    return [at_threshold(found, threshold) for threshold in found.thresholds]


def table(found: Classification) -> pd.DataFrame:
    """A row a threshold with the counts and the ratios that the curves draw."""
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
            for item in at_each_threshold(found)
        ]
    )


def segments(found: Classification) -> pd.DataFrame:
    """A row a category, the worst ranked first; those too small or of one class stand last."""
    rows = [_segment(column, item) for column, listed in found.by.items() for item in listed]
    frame = pd.DataFrame(
        rows, columns=["segment", "rows", "rate", "mean probability", "gap", "ROC AUC"]
    )
    known = frame["ROC AUC"].where(frame["rows"] >= LEAST_ROWS)
    order = known.sort_values(na_position="last", kind="stable").index
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
