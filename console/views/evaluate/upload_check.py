"""Looks over an uploaded file before it is sent: what is missing, unknown or out of range. Pure."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow

from console.errors import ConsoleError
from console.formatting import display

Level = Literal["error", "warning", "fine"]


class NotReadable(ConsoleError):
    def __init__(self, name: str, reason: object) -> None:
        super().__init__(f"{name} can't be read as a table: {reason}.")


@dataclass(frozen=True)
class Finding:
    """What one column says; `error` keeps the service from evaluating."""

    level: Level
    column: str
    text: str


def read(name: str, content: bytes) -> pd.DataFrame:
    """A CSV or Parquet file as a frame. Raises NotReadable."""
    try:
        if name.lower().endswith(".parquet"):
            return pd.read_parquet(io.BytesIO(content))
        return pd.read_csv(io.BytesIO(content))
    except (ValueError, OSError, pyarrow.ArrowException) as error:
        raise NotReadable(name, error) from error


def check(frame: pd.DataFrame, features: Sequence[Mapping[str, Any]], truth: str) -> list[Finding]:
    """What stands in the way; `features` as the service describes them (name, low, high)."""
    listed: list[Finding] = []
    for feature in features:
        name = str(feature["name"])
        if name not in frame.columns:
            listed.append(Finding("error", name, "is missing"))
            continue
        listed += _column(frame[name], name, feature)
    known = {str(feature["name"]) for feature in features} | {truth}
    if truth not in frame.columns:
        text = "is missing: only drift is evaluated, not quality"
        listed.append(Finding("warning", truth, text))
    elif frame[truth].isna().any():
        empty, rows = display.count(frame[truth].isna().sum()), display.count(len(frame))
        text = f"is empty in {empty} of {rows} rows"
        listed.append(Finding("warning", truth, text))
    listed += [
        Finding("warning", str(name), "is not a field of the model and is ignored")
        for name in frame.columns
        if name not in known and name != "dteday"
    ]
    return listed


def _column(values: "pd.Series[Any]", name: str, feature: Mapping[str, Any]) -> list[Finding]:
    listed = []
    numbers = pd.to_numeric(values, errors="coerce")
    wrong = numbers.isna() & values.notna()
    if feature.get("type") in ("int", "float") and wrong.any():
        row = int(wrong.to_numpy().argmax())
        text = (
            f"is not a number in {display.count(wrong.sum())} rows, first in row {row}: "
            f"{values.iloc[row]!r}"
        )
        listed.append(Finding("error", name, text))
    if values.isna().any():
        listed.append(
            Finding("warning", name, f"is empty in {display.count(values.isna().sum())} rows")
        )
    low, high = feature.get("low"), feature.get("high")
    if low is not None and high is not None:
        outside = (numbers < low) | (numbers > high)
        if outside.any():
            row = int(outside.to_numpy().argmax())
            text = (
                f"is out of range ({feature.get('allowed')}) in "
                f"{display.count(outside.sum())} rows, first in row {row}: {values.iloc[row]}"
            )
            listed.append(Finding("error", name, text))
    return listed
