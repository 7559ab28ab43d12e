"""Scores of prepared rows, by the task of their schema. Pure."""

from collections.abc import Iterable

import pandas as pd

from evaluation.inputs.schema import Schema
from evaluation.quality import classifier, multiclass, scores
from evaluation.result import Classification, Multiclass, Quality, Residuals


def rows_with_target(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return the rows that have both target and prediction; none without these columns."""
    outcome = [schema.target, schema.prediction]
    if any(column is None or column not in frame.columns for column in outcome):
        return frame.iloc[:0]
    return frame.dropna(subset=[column for column in outcome if column])


def positive_class_of(frames: Iterable[pd.DataFrame], schema: Schema) -> str | None:
    """Return the positive class by the labels of all frames."""
    columns = [
        frame[name]
        for frame in frames
        for name in (schema.target, schema.prediction)
        if name is not None and name in frame.columns
    ]
    return scores.positive_class(schema.task, (column.dropna().unique() for column in columns))


def score_rows(rows: pd.DataFrame, schema: Schema, positive: str | None) -> Quality | None:
    """Score rows that have both target and prediction; None without such rows."""
    if len(rows) == 0:
        return None
    target, prediction = rows[str(schema.target)], rows[str(schema.prediction)]
    if schema.task == "regression":
        return scores.regression(
            target.to_numpy(dtype="float64"), prediction.to_numpy(dtype="float64")
        )
    table = multiclass.probabilities_of(rows, schema)
    if table is not None:
        auc, loss = multiclass.rank_and_loss(target, table)
        return scores.score_pairs(
            target.astype(object), prediction.astype(object), None, auc, loss, None, macro=True
        )
    probability = rows[schema.probability] if schema.probability in rows.columns else None
    return scores.classification(
        target.astype(object), prediction.astype(object), probability, positive,
        macro=schema.task == "multiclass",
    )  # fmt: skip


def residuals_of(rows: pd.DataFrame, schema: Schema) -> Residuals | None:
    """Return the residuals of a regression; None for another task and without rows."""
    if schema.task != "regression" or len(rows) == 0:
        return None
    return scores.residuals(rows, str(schema.target), str(schema.prediction))


def classification_of(rows: pd.DataFrame, schema: Schema) -> Classification | None:
    """Return the counts by threshold of a binary task; None without rows or probabilities."""
    if schema.task != "binary" or schema.probability not in rows.columns or len(rows) == 0:
        return None
    return classifier.classification(
        rows, str(schema.target), str(schema.probability), schema.categorical
    )


def multiclass_of(rows: pd.DataFrame, schema: Schema) -> Multiclass | None:
    """Return the confusion and the scores by class of a multiclass task; None without rows."""
    if schema.task != "multiclass" or len(rows) == 0:
        return None
    return multiclass.multiclass(rows, schema)
