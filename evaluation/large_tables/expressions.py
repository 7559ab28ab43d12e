"""Ibis expressions that convert a column; the same on DuckDB and on Spark."""

from typing import Any

Table = Any  # an ibis.Table; ibis takes half a second to import, and small files need none of it


# beyond it a float is not an exact whole number, and does not fit into 64 bits for long
MAX_EXACT = 2.0**53


def value_of(table: Table, column: str) -> Any:
    """Return the column as float64, null for what is not a number."""
    raw = table[column]
    kind = raw.type()
    if kind.is_string():
        return raw.try_cast("float64")
    if kind.is_interval():
        return raw.cast("int64").cast("float64")
    return raw.cast("float64")


def text_of(table: Table, column: str) -> Any:
    """Return the column as labels: 1, 1.0 and "1" are the same; null for null and NaN."""
    raw = table[column]
    kind = raw.type()
    if kind.is_boolean():
        return raw.cast("int64").cast("string")
    if kind.is_decimal():
        # 1.50 in a database is 1.5 in a file
        raw = raw.cast("float64")
        kind = raw.type()
    if kind.is_floating():
        # floor and cast use 64 bits: replace what does not fit with null first
        fitting = (raw.abs() < MAX_EXACT).ifelse(raw, None)
        is_whole = (fitting == fitting.floor()).fill_null(False)
        text = is_whole.ifelse(fitting.cast("int64").cast("string"), raw.cast("string"))
        return raw.isnan().ifelse(None, text)
    return raw.cast("string")


def seconds_of(table: Table, column: str) -> Any:
    """Return the time column as seconds in float64."""
    raw = table[column]
    kind = raw.type()
    if kind.is_numeric():
        return finite(raw.cast("float64"))
    timestamp = raw.try_cast("timestamp") if kind.is_string() else raw.cast("timestamp")
    return timestamp.epoch_seconds().cast("float64")


def finite(value: Any) -> Any:
    """Return a float with null for NaN and infinite values."""
    return (value.isnan() | value.isinf()).ifelse(None, value)
