"""Brings both data sets into the one form that scores and reports accept, and says what it met."""

import decimal
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.errors import (
    DuplicateColumns,
    EmptyData,
    MissingColumns,
    NotANumber,
    NotATime,
    NoValues,
    UnusableType,
    ValueTooLarge,
)
from evaluation.inputs.schema import Schema

LARGEST = 1e150
SMALL_RANGE = 10_000


@dataclass(frozen=True)
class Prepared:
    """Float and category columns on a plain index; `empty` names features without current value.

    `in_time_order` says that the rows of both sides stand in the order of the schema's time
    column, so that neighbours may depend on each other.
    """

    reference: pd.DataFrame
    current: pd.DataFrame
    in_time_order: bool = False
    warnings: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    new_categories: dict[str, list[str]] = field(default_factory=dict)


def prepare(reference: pd.DataFrame, current: pd.DataFrame, schema: Schema) -> Prepared:
    """Check and normalise both frames (rows x columns). Raises InputError; nothing is dropped."""
    warnings: list[str] = []
    sides = {"reference": reference, "current": current}
    clean = {side: _clean(frame, side, schema, warnings) for side, frame in sides.items()}
    ordered = _in_order(sides, clean, schema, warnings)
    empty = []
    for column in schema.features:
        missing = {side: int(frame[column].isna().sum()) for side, frame in clean.items()}
        if missing["reference"] == len(clean["reference"]):
            raise NoValues("reference", column)
        for side, frame in clean.items():
            if 0 < missing[side] < len(frame):
                warnings.append(
                    f"{column} has no value in {missing[side]} of {len(frame)} rows of the "
                    f"{side} data."
                )
        if missing["current"] == len(clean["current"]):
            empty.append(column)
            warnings.append(f"{column} has no value at all in the current data.")
        elif all(_constant(frame[column]) for frame in clean.values()):
            first, second = (_shown(frame[column]) for frame in clean.values())
            warnings.append(
                f"{column} is constant in both data sets."
                if first == second
                else f"{column} is always {first} in the reference, {second} in the current data."
            )
    new = {}
    for column in schema.categorical:
        known = set(clean["reference"][column].cat.categories)
        unseen = sorted(set(clean["current"][column].cat.categories) - known)
        if unseen:
            new[column] = unseen
            rows = int(clean["current"][column].isin(unseen).sum())
            warnings.append(
                f"{column} has {len(unseen)} categories that the reference never had, in {rows} "
                f"rows: {', '.join(unseen[:10])}{', ...' if len(unseen) > 10 else ''}."
            )
    return Prepared(clean["reference"], clean["current"], ordered, warnings, empty, new)


def _shown(column: pd.Series) -> str:
    value = column.dropna().iloc[0]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _constant(column: pd.Series) -> bool:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return len(column.cat.categories) == 1
    return bool(column.min() == column.max())


def _in_order(
    given: dict[str, pd.DataFrame],
    clean: dict[str, pd.DataFrame],
    schema: Schema,
    warnings: list[str],
) -> bool:
    """Bring the clean rows into the order of time; False where the schema or the data tell none."""
    if schema.time is None:
        return False
    times = {}
    for side, frame in given.items():
        if schema.time not in frame.columns:
            warnings.append(
                f"The {side} data have no column {schema.time}: their rows are taken as "
                "independent of each other."
            )
            return False
        times[side] = as_times(frame[schema.time].reset_index(drop=True), side, schema.time)
        without = int(np.isnan(times[side]).sum())
        if without:
            warnings.append(
                f"{schema.time} has no value in {without} of {len(frame)} rows of the {side} "
                "data: those rows stand last in the order of time."
            )
    if any(
        np.nanmin(side) == np.nanmax(side) for side in times.values() if not np.isnan(side).all()
    ):
        return False
    for side, moments in times.items():
        if not bool(np.all(moments[1:] >= moments[:-1])):
            order = np.argsort(moments, kind="stable")
            clean[side] = clean[side].iloc[order].reset_index(drop=True)
    return not any(np.isnan(side).all() for side in times.values())


def _clean(frame: pd.DataFrame, side: str, schema: Schema, warnings: list[str]) -> pd.DataFrame:
    if len(frame) == 0:
        raise EmptyData(side)
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DuplicateColumns(side, twice)
    wanted = list(schema.features)
    missing = [column for column in wanted if column not in names]
    if missing:
        raise MissingColumns(side, missing, names)
    columns: dict[str, pd.Series] = {}
    for column in wanted:
        series = frame[column].reset_index(drop=True)
        if schema.kind(column) == "numerical":
            columns[column] = as_numbers(series, side, column, warnings)
        else:
            columns[column] = as_labels(series, side, column)
    labels = schema.task != "regression"
    for special in (schema.target, schema.prediction):
        if special is not None and special in names:
            series = frame[special].reset_index(drop=True)
            columns[special] = (
                as_labels(series, side, special)
                if labels
                else as_numbers(series, side, special, warnings)
            )
            without = int(columns[special].isna().sum())
            if without:
                warnings.append(
                    f"{special} has no value in {without} of {len(series)} rows of the {side} "
                    "data: they count for drift, not for the scores."
                )
        elif special is not None:
            warnings.append(f"The {side} data have no column {special}: there are no scores of it.")
    if schema.probability is not None and schema.probability in names:
        series = frame[schema.probability].reset_index(drop=True)
        columns[schema.probability] = as_numbers(series, side, schema.probability, warnings)
    return pd.DataFrame(columns)


def as_numbers(series: pd.Series, side: str, column: str, warnings: list[str]) -> pd.Series:
    """Float64 with NaN for what is missing. Raises NotANumber and ValueTooLarge with the row."""
    if pd.api.types.is_timedelta64_dtype(series.dtype):
        series = series.dt.total_seconds()
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        raise NotANumber(side, column, 0, series.iloc[0])
    if pd.api.types.is_complex_dtype(series.dtype):
        raise UnusableType(side, column, "complex")
    if series.dtype == np.float64:
        low, high = series.min(), series.max()
        # the usual case, told by two passes: finite and not too large
        if abs(low) <= LARGEST and abs(high) <= LARGEST:
            return pd.Series(series.to_numpy(), name=column)
    if series.dtype == object or pd.api.types.is_string_dtype(series.dtype):
        text = sum(isinstance(value, str) for value in series)
        if text:
            warnings.append(f"{column} holds numbers as text in {text} rows of the {side} data.")
    try:
        numbers = pd.to_numeric(series, errors="coerce").astype("float64")
    except OverflowError:
        rows = (i for i, v in enumerate(series) if isinstance(v, int) and abs(v) > LARGEST)
        row = next(rows, 0)
        raise ValueTooLarge(side, column, row, float("inf")) from None
    wrong = numbers.isna() & series.notna()
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise NotANumber(side, column, row, series.iloc[row])
    values = numbers.to_numpy(copy=True)
    infinite = np.isinf(values)
    if infinite.any():
        warnings.append(
            f"{column} has {int(infinite.sum())} infinite values in the {side} data; "
            "they count as missing."
        )
        values[infinite] = np.nan
    large = np.abs(values) > LARGEST
    if large.any():
        row = int(np.flatnonzero(large)[0])
        raise ValueTooLarge(side, column, row, float(values[row]))
    return pd.Series(values, name=column)


def as_times(series: pd.Series, side: str, column: str) -> npt.NDArray[np.float64]:
    """Seconds (n,), NaN for missing, of numbers, datetimes or ISO 8601 text. Raises NotATime."""
    if pd.api.types.is_numeric_dtype(series.dtype):
        return series.to_numpy(dtype="float64", na_value=np.nan)
    moments = pd.to_datetime(series, errors="coerce", utc=True, format="ISO8601")
    wrong = moments.isna() & series.notna()
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise NotATime(side, column, row, series.iloc[row])
    seconds = (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    return np.asarray(seconds.to_numpy(), dtype=np.float64)


def as_labels(series: pd.Series, side: str, column: str) -> pd.Series:
    """Categories of text, missing where there is no value; 1, 1.0 and "1" are the same label.

    Raises UnusableType for lists and other values that can't be counted.
    """
    try:
        codes, uniques = _factorize(series)
    except TypeError:
        raise UnusableType(side, column, "list or dict") from None
    names, positions = np.unique([label(value) for value in uniques], return_inverse=True)
    places = np.append(positions, -1).astype(np.intp)
    categories = pd.Index(names, dtype=object)
    return pd.Series(pd.Categorical.from_codes(places[codes], categories), name=series.name)


def _factorize(series: pd.Series) -> tuple[npt.NDArray[np.intp], Sequence[object]]:
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iu" and len(series):
        values = series.to_numpy()
        low, high = int(values.min()), int(values.max())
        if high - low < SMALL_RANGE:
            # counting small whole numbers costs a third of hashing them
            codes = values.astype(np.intp) - low
            present = np.flatnonzero(np.bincount(codes, minlength=high - low + 1))
            places = np.zeros(high - low + 1, dtype=np.intp)
            places[present] = np.arange(len(present))
            return places[codes], (present + low).tolist()
    codes, uniques = pd.factorize(series, use_na_sentinel=True)
    return codes.astype(np.intp), list(uniques)


def label(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, decimal.Decimal):
        # 1.50 of a database is 1.5 of a file
        value = float(value)
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)
