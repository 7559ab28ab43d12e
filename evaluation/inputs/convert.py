"""Conversion of columns of any type to numbers, times and labels."""

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
    """Convert to float64, NaN for missing. Raises NotANumber and ValueTooLarge with the row."""
    if pd.api.types.is_timedelta64_dtype(series.dtype):
        series = series.dt.total_seconds()
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        raise NotANumber(side, column, 0, series.iloc[0])
    if pd.api.types.is_complex_dtype(series.dtype):
        raise UnusableType(side, column, "complex")
    if series.dtype == np.float64:
        low, high = series.min(), series.max()
        # the usual case, which two passes recognise: finite and not too large
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
    unreadable = numbers.isna() & series.notna()
    if unreadable.any():
        row = int(np.flatnonzero(unreadable.to_numpy())[0])
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
    """Convert numbers, datetimes or ISO 8601 text to seconds (n,), NaN for missing.

    Raises NotATime.
    """
    if pd.api.types.is_numeric_dtype(series.dtype):
        return series.to_numpy(dtype="float64", na_value=np.nan)
    timestamps = pd.to_datetime(series, errors="coerce", utc=True, format="ISO8601")
    unreadable = timestamps.isna() & series.notna()
    if unreadable.any():
        row = int(np.flatnonzero(unreadable.to_numpy())[0])
        raise NotATime(side, column, row, series.iloc[row])
    seconds = (timestamps - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    return np.asarray(seconds.to_numpy(), dtype=np.float64)


def as_labels(series: pd.Series, side: str, column: str) -> pd.Series:
    """Convert to categories of text; 1, 1.0 and "1" are the same label.

    Raises UnusableType for lists and other values that can't be counted.
    """
    try:
        codes, uniques = _factorize(series)
    except TypeError:
        raise UnusableType(side, column, "list or dict") from None
    names, positions = np.unique([label(value) for value in uniques], return_inverse=True)
    code_of_unique = np.append(positions, -1).astype(np.intp)
    categories = pd.Index(names, dtype=object)
    return pd.Series(pd.Categorical.from_codes(code_of_unique[codes], categories), name=series.name)


def _factorize(series: pd.Series) -> tuple[npt.NDArray[np.intp], Sequence[object]]:
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iu" and len(series):
        values = series.to_numpy()
        low, high = int(values.min()), int(values.max())
        if high - low < SMALL_RANGE:
            # counting small whole numbers costs a third of hashing them
            codes = values.astype(np.intp) - low
            present = np.flatnonzero(np.bincount(codes, minlength=high - low + 1))
            ranks = np.zeros(high - low + 1, dtype=np.intp)
            ranks[present] = np.arange(len(present))
            return ranks[codes], (present + low).tolist()
    codes, uniques = pd.factorize(series, use_na_sentinel=True)
    return codes.astype(np.intp), list(uniques)


def label(value: object) -> str:
    """Return the label of one value: True, 1 and 1.0 are "1"."""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, decimal.Decimal):
        # 1.50 in a database is 1.5 in a file
        value = float(value)
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)
