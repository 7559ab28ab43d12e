"""Features as labels and as a matrix, and how far they are from the reference. Pure."""

import numpy as np
import pandas as pd

from evaluation.arrays import Floats
from evaluation.inputs.convert import as_labels
from evaluation.inputs.schema import Schema


def category_codes(reference: pd.DataFrame, schema: Schema) -> dict[str, dict[str, int]]:
    """Number the categories of each categorical column."""
    return {
        column: {
            name: code for code, name in enumerate(sorted(set(labels_or_blank(reference, column))))
        }
        for column in schema.categorical
    }


def feature_matrix(frame: pd.DataFrame, schema: Schema, codes: dict[str, dict[str, int]]) -> Floats:
    """Return features and prediction as numbers (n x k); a category without a code is NaN."""
    columns = [frame[column].to_numpy(dtype="float64") for column in schema.numerical]
    columns += [
        labels_or_blank(frame, column).map(codes[column]).to_numpy(dtype="float64")
        for column in schema.categorical
    ]
    columns.append(frame[str(schema.prediction)].to_numpy(dtype="float64"))
    return np.column_stack(columns)


def share_outside(reference: pd.DataFrame, current: pd.DataFrame, schema: Schema) -> float:
    """Return the share of current rows with a number or a label outside those of the reference."""
    beyond = np.zeros(len(current), dtype=bool)
    for column in schema.numerical:
        if column in schema.calendar:
            continue
        values = current[column].to_numpy(dtype="float64")
        learnt = reference[column].to_numpy(dtype="float64")
        beyond |= (values < np.nanmin(learnt)) | (values > np.nanmax(learnt))
    for column in schema.categorical:
        learnt_labels = set(labels_or_blank(reference, column))
        beyond |= ~labels_or_blank(current, column).isin(learnt_labels).to_numpy()
    return float(beyond.mean())


def labels_or_blank(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return labels (n,) as the verdict uses them: True, 1 and 1.0 are one; "" for missing ones."""
    labels = as_labels(frame[column].reset_index(drop=True), "estimated", column).astype(object)
    return labels.where(labels.notna(), "")
