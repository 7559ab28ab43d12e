"""Checks a file before it is sent: missing, unknown and out-of-range columns. Pure."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow

from console.errors import ConsoleError
from console.formatting import display

Level = Literal["error", "warning", "fine"]


class UnreadableTable(ConsoleError):
    def __init__(self, name: str, reason: object) -> None:
        super().__init__(f"{name} can't be read as a table: {reason}.")


@dataclass(frozen=True)
class Finding:
    """A finding on one column. The service can't evaluate a file with an `error`."""

    level: Level
    column: str
    text: str


def read(name: str, content: bytes) -> pd.DataFrame:
    """Read a CSV or Parquet file as a table. Raises UnreadableTable."""
    try:
        if name.lower().endswith(".parquet"):
            return pd.read_parquet(io.BytesIO(content))
        return pd.read_csv(io.BytesIO(content))
    except (ValueError, OSError, pyarrow.ArrowException) as error:
        raise UnreadableTable(name, error) from error


def check(
    frame: pd.DataFrame,
    features: Sequence[Mapping[str, Any]],
    truth: str,
    others: Sequence[Mapping[str, Any]] = (),
) -> list[Finding]:
    """Check the columns against the features that the service describes (name, type, low, high).

    `others` are fields that are not features, of which some are `optional`.
    """
    findings: list[Finding] = []
    for feature in (*features, *others):
        name = str(feature["name"])
        if name not in frame.columns and feature.get("optional"):
            continue
        if name not in frame.columns:
            findings.append(Finding("error", name, "is missing"))
            continue
        findings += _check_column(frame[name], name, feature)
    known_columns = {str(field["name"]) for field in (*features, *others)} | {truth}
    if truth not in frame.columns:
        text = "is missing: only drift is evaluated, not quality"
        findings.append(Finding("warning", truth, text))
    elif frame[truth].isna().any():
        empty, rows = display.count(frame[truth].isna().sum()), display.count(len(frame))
        text = f"is empty in {empty} of {rows} rows"
        findings.append(Finding("warning", truth, text))
    findings += [
        Finding("warning", str(name), "is not a field of the model and is ignored")
        for name in frame.columns
        if name not in known_columns
    ]
    return findings


def _check_column(values: "pd.Series[Any]", name: str, feature: Mapping[str, Any]) -> list[Finding]:
    findings = []
    numbers = pd.to_numeric(values, errors="coerce")
    wrong = numbers.isna() & values.notna()
    if feature.get("type") in ("int", "float") and wrong.any():
        row = int(wrong.to_numpy().argmax())
        text = (
            f"is not a number in {display.count(wrong.sum())} rows, first in row {row}: "
            f"{values.iloc[row]!r}"
        )
        findings.append(Finding("error", name, text))
    if values.isna().any() and not feature.get("optional"):
        findings.append(
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
            findings.append(Finding("error", name, text))
    return findings
