"""Features of two frames as numbers, and how far one is from the other. Pure."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.arrays import Floats
from evaluation.inputs.convert import as_labels
from evaluation.inputs.schema import Schema


@dataclass(frozen=True)
class Features:
    """Features of the reference (n x k) and of the current rows (m x k), without the prediction.

    A label is the number of its category in the reference, NaN where the reference lacks it.
    `outside` is the share of current rows with a number or a label outside those of the reference.
    """

    reference: Floats
    current: Floats
    outside: float


def prepare_features(reference: pd.DataFrame, current: pd.DataFrame, schema: Schema) -> Features:
    """Convert the features of both frames. Raises UnusableType for lists in a column."""
    sides: tuple[list[Floats], list[Floats]] = ([], [])
    outside = np.zeros(len(current), dtype=bool)
    for column in schema.numerical:
        learnt, values = (frame[column].to_numpy(dtype="float64") for frame in (reference, current))
        sides[0].append(learnt)
        sides[1].append(values)
        if column not in schema.calendar:
            outside |= (values < np.nanmin(learnt)) | (values > np.nanmax(learnt))
    for column in schema.categorical:
        # as the verdict uses them: True, 1 and 1.0 are one label; "" for missing ones
        labels = [
            as_labels(frame[column], "estimated", column).astype(object).fillna("")
            for frame in (reference, current)
        ]
        code_of = {name: code for code, name in enumerate(sorted(set(labels[0])))}
        codes = [side.map(code_of).to_numpy(dtype="float64") for side in labels]
        sides[0].append(codes[0])
        sides[1].append(codes[1])
        outside |= np.isnan(codes[1])
    learnt_matrix, matrix = (np.column_stack(columns) for columns in sides)
    return Features(learnt_matrix, matrix, float(outside.mean()))
