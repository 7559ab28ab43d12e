"""Finds the current rows that are most unlike the reference. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.result import FeatureDrift

ID = "prediction_id"
# one extreme value must not hide that all others are usual
MAX_DEVIATION = 6.0


@dataclass(frozen=True)
class UnlikeRow:
    """A logged row: its distance, and the feature that deviates most, in standard deviations."""

    prediction_id: str
    prediction: str
    distance: float
    feature: str
    deviation: float


def find_most_unlike(
    rows: pd.DataFrame, features: Sequence[FeatureDrift], prediction: str, limit: int
) -> list[UnlikeRow]:
    """Return the rows (n) with the largest distance from the reference, the largest first.

    The distance is the root mean square of the deviations of all numerical features from the
    reference's mean, in its standard deviations, each at most 6. Empty if the rows are not of the
    log or the reference has no statistics. `prediction` names the column of the predictions.
    """
    scales = {
        feature.name: (statistics.reference.mean, statistics.reference.std)
        for feature in features
        if (statistics := feature.statistics) is not None
        and feature.name in rows.columns
        and statistics.reference.mean is not None
        and statistics.reference.std
    }
    if ID not in rows.columns or not scales or rows.empty:
        return []
    names = list(scales)
    means, deviations = (
        np.array(part, dtype="float64") for part in zip(*scales.values(), strict=True)
    )
    table = (rows[names].to_numpy(dtype="float64") - means) / deviations
    table = np.nan_to_num(np.clip(table, -MAX_DEVIATION, MAX_DEVIATION))
    distances = np.sqrt(np.mean(table**2, axis=1))
    largest = np.abs(table).argmax(axis=1)
    predictions = rows.get(prediction, pd.Series("", rows.index)).astype(str).to_numpy()
    return [
        UnlikeRow(
            str(rows[ID].iloc[row]),
            str(predictions[row]),
            float(distances[row]),
            names[largest[row]],
            float(table[row, largest[row]]),
        )
        for row in np.argsort(-distances, kind="stable")[:limit]
    ]
