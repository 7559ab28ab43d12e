"""Converts both data sets to the form that scores and reports need, and warns of oddities."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from evaluation.errors import (
    DuplicateColumns,
    EmptyData,
    MissingColumns,
    NoValues,
)
from evaluation.inputs import warnings as column_warnings
from evaluation.inputs.convert import as_labels, as_numbers, as_times
from evaluation.inputs.schema import Schema
from evaluation.result import Message, message


@dataclass(frozen=True)
class PreparedData:
    """Float and category columns on a plain index.

    `in_time_order` is true where the rows of both sides are sorted by the schema's time column, so
    that neighbours may depend on each other. `empty` names features without a current value.
    """

    reference: pd.DataFrame
    current: pd.DataFrame
    in_time_order: bool = False
    warnings: list[Message] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    new_categories: dict[str, list[str]] = field(default_factory=dict)


def prepare(reference: pd.DataFrame, current: pd.DataFrame, schema: Schema) -> PreparedData:
    """Check and convert both frames (rows x columns); no row is dropped. Raises InputError."""
    warnings: list[Message] = []
    sides = {"reference": reference, "current": current}
    clean = {side: _clean(frame, side, schema, warnings) for side, frame in sides.items()}
    in_time_order = _sort_by_time(sides, clean, schema, warnings)
    empty = []
    for column in schema.features:
        missing = {side: int(frame[column].isna().sum()) for side, frame in clean.items()}
        if missing["reference"] == len(clean["reference"]):
            raise NoValues("reference", column)
        for side, frame in clean.items():
            warnings += column_warnings.missing(column, missing[side], len(frame), side)
        if missing["current"] == len(clean["current"]):
            empty.append(column)
            warnings.append(message("data.empty", column=column))
        elif all(_is_constant(frame[column]) for frame in clean.values()):
            first, second = (_first_value(frame[column]) for frame in clean.values())
            warnings.append(column_warnings.constant(column, first, second))
    new_categories = {}
    for column in schema.categorical:
        reference_labels = set(clean["reference"][column].cat.categories)
        unseen = sorted(set(clean["current"][column].cat.categories) - reference_labels)
        if unseen:
            new_categories[column] = unseen
            rows = int(clean["current"][column].isin(unseen).sum())
            warnings.append(column_warnings.new_categories(column, unseen, rows))
    return PreparedData(
        clean["reference"], clean["current"], in_time_order, warnings, empty, new_categories
    )


def _first_value(column: pd.Series) -> str:
    value = column.dropna().iloc[0]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _is_constant(column: pd.Series) -> bool:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return len(column.cat.categories) == 1
    return bool(column.min() == column.max())


def _sort_by_time(
    frames: dict[str, pd.DataFrame],
    clean: dict[str, pd.DataFrame],
    schema: Schema,
    warnings: list[Message],
) -> bool:
    """Sort the clean rows by time; return False without a time column or with one time only."""
    if schema.time is None:
        return False
    times = {}
    for side, frame in frames.items():
        if schema.time not in frame.columns:
            warnings.append(message("data.no_time_column", column=schema.time, side=side))
            return False
        times[side] = as_times(frame[schema.time].reset_index(drop=True), side, schema.time)
        without = int(np.isnan(times[side]).sum())
        if without:
            warnings.append(
                message(
                    "data.missing_time",
                    column=schema.time,
                    missing=without,
                    rows=len(frame),
                    side=side,
                )
            )
    if any(
        np.nanmin(side) == np.nanmax(side) for side in times.values() if not np.isnan(side).all()
    ):
        return False
    for side, seconds in times.items():
        if not bool(np.all(seconds[1:] >= seconds[:-1])):
            order = np.argsort(seconds, kind="stable")
            clean[side] = clean[side].iloc[order].reset_index(drop=True)
    return not any(np.isnan(side).all() for side in times.values())


def _clean(frame: pd.DataFrame, side: str, schema: Schema, warnings: list[Message]) -> pd.DataFrame:
    """Check and convert the features, the target, the prediction and the probability."""
    if len(frame) == 0:
        raise EmptyData(side)
    names = [str(name) for name in frame.columns]
    duplicates = sorted({name for name in names if names.count(name) > 1})
    if duplicates:
        raise DuplicateColumns(side, duplicates)
    missing = [column for column in schema.features if column not in names]
    if missing:
        raise MissingColumns(side, missing, names)
    columns: dict[str, pd.Series] = {}
    for column in schema.compared_columns:
        if column in names:
            columns[column] = _convert(frame, column, side, schema, warnings)
    for special in (schema.target, schema.prediction):
        if special is not None and special in names:
            without = int(columns[special].isna().sum())
            if without:
                warnings.append(
                    message(
                        "data.missing_outcome",
                        column=special,
                        missing=without,
                        rows=len(frame),
                        side=side,
                    )
                )
        elif special is not None:
            warnings.append(message("data.no_outcome_column", column=special, side=side))
    for column in schema.probability_columns:
        if column in names:
            series = frame[column].reset_index(drop=True)
            columns[column] = as_numbers(series, side, column, warnings)
    return pd.DataFrame(columns)


def _convert(
    frame: pd.DataFrame, column: str, side: str, schema: Schema, warnings: list[Message]
) -> pd.Series:
    series = frame[column].reset_index(drop=True)
    if schema.kind(column) == "numerical":
        return as_numbers(series, side, column, warnings)
    return as_labels(series, side, column)
