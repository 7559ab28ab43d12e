"""Formats the numbers of tables, which still sort as numbers. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from console.formatting import display

Formatter = Callable[[float], str]


def format_columns(frame: pd.DataFrame, columns: Mapping[str, Formatter]) -> Styler:
    """Format these columns of a frame; missing values stay empty."""
    formatters: dict[Any, Any] = {
        name: formatter for name, formatter in columns.items() if name in frame.columns
    }
    return frame.style.format(formatters, na_rep="")


def digits(count: int) -> Formatter:
    """Return a formatter for a number of significant digits."""
    return lambda value: display.number(value, count)


def counts(value: float) -> str:
    """Format a count."""
    return display.count(round(value))
