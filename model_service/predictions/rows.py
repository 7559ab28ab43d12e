"""Rows of a request, from bytes to a checked frame."""

import math
from dataclasses import dataclass
from typing import Any

import msgspec
import pandas as pd

from evaluation.inputs.convert import label
from model_service.errors import FieldError, InvalidRows, TooLarge
from model_service.models.base import Field, MonitoredModel
from model_service.predictions.field_rule import (
    FieldRule,
    Problems,
    ValueProblem,
    convert_record,
    row_type,
)
from model_service.predictions.formats import (
    CSV,
    PARQUET,
    parse_json,
    python_value,
    read_file,
    read_json_outline,
)


@dataclass(frozen=True)
class Rows:
    """Checked rows, and the names of the fields that the model does not use."""

    frame: pd.DataFrame
    ignored_fields: list[str]


def read(
    body: bytes, content_type: str, model: MonitoredModel, most_rows: int, *, need_truth: bool
) -> Rows:
    """Return the rows (n x inputs and truth) of a body; truth is NaN where it is missing.

    Raises BadRequest for another format, InvalidRows for wrong fields, and TooLarge past
    `most_rows`.
    """
    rules = [FieldRule(field) for field in model.inputs]
    rules.append(FieldRule(model.truth, optional=not need_truth))
    if content_type in (CSV, PARQUET):
        frame = read_file(body, content_type)
        _check_count(len(frame), most_rows)
        ignored = set(frame.columns) - {rule.name for rule in rules}
        return Rows(_convert_columns(frame, rules), sorted(ignored))
    outline = read_json_outline(body)
    _check_count(len(outline), most_rows)
    ignored = set().union(*outline) - {rule.name for rule in rules}
    return Rows(_decode_json(body, rules), sorted(ignored))


def _check_count(count: int, most_rows: int) -> None:
    if count > most_rows:
        raise TooLarge(
            f"{count:,} rows are more than the limit of {most_rows:,} rows a request "
            "(BELVEDERE_MOST_ROWS): send them in parts, or use python -m evaluation on files."
        )


def _decode_json(body: bytes, rules: list[FieldRule]) -> pd.DataFrame:
    """Decode and check in one pass; only rows with a wrong field are read one by one."""
    row: Any = row_type("Row", rules)
    wrapper: Any = msgspec.defstruct("Body", [("data", list[row])])
    try:
        decoded = msgspec.json.decode(body, type=wrapper).data
    except msgspec.MsgspecError:
        return _convert_records(parse_json(body)["data"], rules)
    columns = {}
    for rule in rules:
        values = [getattr(item, rule.name) for item in decoded]
        if rule.optional:
            values = [rule.empty if value is None else value for value in values]
        columns[rule.name] = values
    frame = pd.DataFrame(columns)
    if any(frame[r.name].abs().max() == math.inf for r in rules if r.field.type == "float"):
        # JSON writes numbers that no float can hold, such as 1e999
        return _convert_records(parse_json(body)["data"], rules)
    return frame


def _convert_records(records: list[dict[str, Any]], rules: list[FieldRule]) -> pd.DataFrame:
    problems = Problems()
    rows = [convert_record(record, rules, problems, row) for row, record in enumerate(records)]
    problems.raise_if_any(("body", "data"))
    return pd.DataFrame(rows, columns=[rule.name for rule in rules])


def _convert_columns(frame: pd.DataFrame, rules: list[FieldRule]) -> pd.DataFrame:
    missing = [
        FieldError(None, rule.name, None, "present", f"column {rule.name} is missing")
        for rule in rules
        if rule.name not in frame.columns and not rule.optional
    ]
    if missing:
        raise InvalidRows(missing, len(missing), ("upload",))
    problems = Problems()
    columns = {}
    for rule in rules:
        if rule.name in frame.columns:
            values = _python_values(frame[rule.name], rule.field)
            columns[rule.name] = rule.convert_all(values) or _convert_each(values, rule, problems)
        else:
            columns[rule.name] = [rule.empty] * len(frame)
    problems.raise_if_any(("upload",))
    return pd.DataFrame(columns)


def _convert_each(values: list[Any], rule: FieldRule, problems: Problems) -> list[Any]:
    converted = []
    for row, value in enumerate(values):
        try:
            converted.append(rule.convert(value))
        except ValueProblem as problem:
            problems.add(row, rule.field, value, str(problem))
    return converted


def _python_values(column: "pd.Series[Any]", field: Field) -> list[Any]:
    """Return Python values; None for missing ones, dates as ISO text, numbers of text as text."""
    values = column.astype(object).where(column.notna(), None).tolist()
    if field.type == "text":
        return [None if value is None else label(value) for value in values]
    return [python_value(value) for value in values]
