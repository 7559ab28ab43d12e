"""Columns as numbers, times and labels, whatever type they come in."""

import decimal
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.errors import (
    NotANumber,
    NotATime,
    UnusableType,
    ValueTooLarge,
)
from evaluation.result import Message, message

LARGEST = 1e150


SMALL_RANGE = 10_000


def as_numbers(series: pd.Series, side: str, column: str, warnings: list[Message]) -> pd.Series:
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
            warnings.append(message("data.text_numbers", column=column, rows=text, side=side))
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
        count = int(infinite.sum())
        warnings.append(message("data.infinite", column=column, values=count, side=side))
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
