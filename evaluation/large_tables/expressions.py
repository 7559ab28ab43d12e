"""Ibis expressions that bring a column into one form; the same on DuckDB and on Spark."""

from typing import Any

Table = Any  # an ibis.Table; ibis takes half a second to import, and small files need none of it


# past it a float is no exact whole number, and soon none of 64 bits
WHOLE = 2.0**53


def value_of(table: Table, column: str) -> Any:
    """The column as float64; null for what is no number."""
    raw = table[column]
    kind = raw.type()
    if kind.is_string():
        return raw.try_cast("float64")
    if kind.is_interval():
        return raw.cast("int64").cast("float64")
    return raw.cast("float64")


def text_of(table: Table, column: str) -> Any:
    """The column as labels: 1, 1.0 and "1" are the same, null and NaN are none."""
    raw = table[column]
    kind = raw.type()
    if kind.is_boolean():
        return raw.cast("int64").cast("string")
    if kind.is_decimal():
        # 1.50 of a database is 1.5 of a file
        raw = raw.cast("float64")
        kind = raw.type()
    if kind.is_floating():
        # floor and cast are of 64 bits: what does not fit is made null before them
        fitting = (raw.abs() < WHOLE).ifelse(raw, None)
        whole = (fitting == fitting.floor()).fill_null(False)
        text = whole.ifelse(fitting.cast("int64").cast("string"), raw.cast("string"))
        return raw.isnan().ifelse(None, text)
    return raw.cast("string")


def seconds_of(table: Table, column: str) -> Any:
    """The time column as seconds in float64."""
    raw = table[column]
    kind = raw.type()
    if kind.is_numeric():
        return finite(raw.cast("float64"))
    moment = raw.try_cast("timestamp") if kind.is_string() else raw.cast("timestamp")
    return moment.epoch_seconds().cast("float64")


def finite(value: Any) -> Any:
    return (value.isnan() | value.isinf()).ifelse(None, value)
