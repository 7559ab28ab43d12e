"""Tables whose numbers are written for the reader and still sort as numbers. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from console.formatting import display

Formatter = Callable[[float], str]


def format_columns(frame: pd.DataFrame, columns: Mapping[str, Formatter]) -> Styler:
    """The frame with these of its columns written so; what is missing stays empty."""
    known: dict[Any, Any] = {
        name: write for name, write in columns.items() if name in frame.columns
    }
    return frame.style.format(known, na_rep="")


def digits(most: int) -> Formatter:
    """Numbers with so many significant digits."""
    return lambda value: display.number(value, most)


def counts(value: float) -> str:
    return display.count(round(value))
