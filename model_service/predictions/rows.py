"""Rows of a request, from bytes to a checked frame: JSON, CSV or Parquet."""

import datetime
import decimal
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import pandas as pd

from evaluation.inputs.prepare import label
from model_service.errors import (
    MOST_ERRORS_SHOWN,
    BadRequest,
    FieldError,
    InvalidRows,
    TooLarge,
)
from model_service.models.base import LONGEST_TEXT, Field, MonitoredModel

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"

# what a database can keep
LEAST_WHOLE, MOST_WHOLE = -(2**63), 2**63 - 1
STORABLE = r"\A[^\x00\ud800-\udfff]*\Z"


def row_type(name: str, fields: Iterable[Field]) -> type[msgspec.Struct]:
    """A msgspec Struct for one row, so that a right row is decoded and checked in one pass."""
    declared: list[Any] = [
        (field.name, _annotation(field) | None, None)
        if field.optional
        else (field.name, _annotation(field))
        for field in fields
    ]
    # keyword-only, so that an optional field may stand before one that is not
    return msgspec.defstruct(name, declared, kw_only=True)


def _annotation(field: Field) -> Any:
    if field.type == "date":
        return datetime.date
    if field.choices:
        return Literal[field.choices]
    if field.type == "text":
        return Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT, pattern=STORABLE)]
    plain: Any = int if field.type == "int" else float
    limits: dict[str, Any] = {} if field.type == "float" else {"ge": LEAST_WHOLE, "le": MOST_WHOLE}
    if field.low is not None:
        limits["ge"] = plain(field.low)
    if field.high is not None:
        limits["le"] = plain(field.high)
    return Annotated[plain, msgspec.Meta(**limits)] if limits else plain


class OneRow:
    """Decodes the body of one prediction request to its values, in the order of the inputs."""

    def __init__(self, inputs: tuple[Field, ...]) -> None:
        self._inputs = inputs
        self._decoder = msgspec.json.Decoder(row_type("Row", inputs))

    def decode(self, body: bytes, number: int | None = None) -> tuple[Any, ...]:
        """Raises BadRequest for what is not JSON, InvalidRows that names each wrong field, with
        the `number` of the record where it is one of several."""
        try:
            values = msgspec.structs.astuple(self._decoder.decode(body))
        except (msgspec.MsgspecError, RecursionError):
            record = parse_json(body)
            if not isinstance(record, dict):
                raise BadRequest("The body is no JSON object: send one record.") from None
            self._raise_if_wrong(record, number)
            values = tuple(_converted(field, record.get(field.name)) for field in self._inputs)
        for value in values:
            if value.__class__ is float and not math.isfinite(value):
                names = [field.name for field in self._inputs]
                self._raise_if_wrong(dict(zip(names, values, strict=True)), number)
        return values

    def _raise_if_wrong(self, record: dict[str, Any], number: int | None) -> None:
        path = ("body",) if number is None else ("body", "data")
        optional = tuple(field.name for field in self._inputs if field.optional)
        _raise_if_wrong([record], self._inputs, path, numbers=[number], optional=optional)


@dataclass(frozen=True)
class Rows:
    """Checked rows, and the fields that were not asked for."""

    frame: pd.DataFrame
    ignored_fields: list[str]


def parse_json(body: bytes) -> Any:
    """JSON as Python reads it: NaN passes here, so that its field can be named later."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None


def read(
    body: bytes, content_type: str, model: MonitoredModel, most_rows: int, *, need_truth: bool
) -> Rows:
    """Rows (n x fields) from a body. Raises BadRequest, InvalidRows, and TooLarge past a limit."""
    fields = (*model.inputs, model.truth)
    if content_type == CSV:
        return _from_frame(_read_csv(body), fields, most_rows, need_truth)
    if content_type == PARQUET:
        return _from_frame(_read_parquet(body), fields, most_rows, need_truth)
    return _from_json(body, model, most_rows, need_truth)


def _from_json(body: bytes, model: MonitoredModel, most_rows: int, need_truth: bool) -> Rows:
    fields = (*model.inputs, model.truth)
    wanted = fields if need_truth else model.inputs
    outline = _outline(body)
    _check_count(len(outline), most_rows)
    names = {field.name for field in fields}
    ignored = sorted(set().union(*outline) - names)
    row = row_type("Row", wanted)
    has_truth = not need_truth and any(model.truth.name in record for record in outline)
    if not has_truth:
        wrapper: Any = msgspec.defstruct("Body", [("data", list[row])])  # type: ignore[valid-type]
        try:
            decoded = msgspec.json.decode(body, type=wrapper).data
        except msgspec.MsgspecError:
            pass
        else:
            columns = {
                field.name: [getattr(item, field.name) for item in decoded] for field in wanted
            }
            frame = pd.DataFrame(columns)
            if all(frame[f.name].abs().max() < math.inf for f in wanted if f.type == "float"):
                return Rows(frame, ignored)
    records = parse_json(body)["data"]
    optional = _optional(fields, need_truth)
    _raise_if_wrong(records, fields, ("body", "data"), optional=optional)
    frame = pd.DataFrame(
        {
            field.name: [_converted(field, record.get(field.name)) for record in records]
            for field in fields
        }
    )
    return Rows(frame, ignored)


def _outline(body: bytes) -> list[dict[str, Any]]:
    """The field names of each row, without their values being read."""
    kind: Any = msgspec.defstruct("Outline", [("data", list[dict[str, msgspec.Raw]])])
    try:
        rows: list[dict[str, Any]] = msgspec.json.decode(body, type=kind).data
    except (msgspec.MsgspecError, RecursionError):
        content = parse_json(body)
        if not isinstance(content, dict) or "data" not in content:
            raise BadRequest(
                'The body has no "data": send {"data": [rows], "evaluation_period_name": "..."}.'
            ) from None
        rows = content["data"]
        if not isinstance(rows, list):
            raise BadRequest('"data" is no list: send {"data": [rows]}.') from None
        for number, record in enumerate(rows):
            if not isinstance(record, dict):
                raise BadRequest(f'"data"[{number}] is no record: send an object a row.') from None
    if not rows:
        raise InvalidRows(
            [FieldError(None, "data", [], "at least one row", "data: no rows; send at least one")],
            1,
            ("body",),
        )
    return rows


def _check_count(count: int, most_rows: int) -> None:
    if count > most_rows:
        raise TooLarge(
            f"{count:,} rows are more than the limit of {most_rows:,} rows a request "
            "(BELVEDERE_MOST_ROWS): send them in parts, or use python -m evaluation on files."
        )


def _read_csv(body: bytes) -> pd.DataFrame:
    try:
        return pd.read_csv(io.BytesIO(body))
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"The upload is not a CSV file with a header line: {error}.") from None


def _read_parquet(body: bytes) -> pd.DataFrame:
    import pyarrow

    try:
        return pd.read_parquet(io.BytesIO(body))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise BadRequest(f"The upload is not a Parquet file: {error}.") from None


def _from_frame(
    frame: pd.DataFrame, fields: tuple[Field, ...], most_rows: int, need_truth: bool
) -> Rows:
    _check_count(len(frame), most_rows)
    if frame.empty:
        raise BadRequest("The upload has no rows.")
    frame.columns = frame.columns.astype(str)
    optional = _optional(fields, need_truth)
    missing = [f.name for f in fields if f.name not in frame.columns and f.name not in optional]
    if missing:
        raise InvalidRows(
            [
                FieldError(None, name, None, "present", f"column {name} is missing")
                for name in missing
            ],
            len(missing),
            ("upload",),
        )
    known = [field for field in fields if field.name in frame.columns]
    lists = {field.name: _plain(frame[field.name], field) for field in known}
    errors: list[FieldError] = []
    total = 0
    for field in known:
        check = _checker(field, optional=field.name in optional)
        for number, value in enumerate(lists[field.name]):
            problem = check(value)
            if problem is not None:
                total += 1
                if len(errors) < MOST_ERRORS_SHOWN:
                    errors.append(_error(number, field, value, problem))
    if total:
        raise InvalidRows(errors, total, ("upload",))
    columns = {
        field.name: [_converted(field, value) for value in lists.get(field.name, [])]
        or [_converted(field, None)] * len(frame)
        for field in fields
    }
    ignored = sorted(set(frame.columns) - {field.name for field in fields})
    return Rows(pd.DataFrame(columns), ignored)


def _optional(fields: tuple[Field, ...], need_truth: bool) -> tuple[str, ...]:
    """The names that a row may lack; the truth stands last."""
    names = [field.name for field in fields if field.optional]
    return tuple(names if need_truth else [*names, fields[-1].name])


def _plain(column: "pd.Series[Any]", field: Field) -> list[Any]:
    """Python values; None for what is missing, dates as ISO text, numbers of a text as text."""
    values = column.astype(object).where(column.notna(), None).tolist()
    if field.type == "text":
        return [None if value is None else label(value) for value in values]
    return [_simple(value) for value in values]


def _simple(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    return float(value) if isinstance(value, decimal.Decimal) else value


def _raise_if_wrong(
    records: list[dict[str, Any]],
    fields: Iterable[Field],
    path: tuple[str, ...],
    *,
    numbers: Sequence[int | None] | None = None,
    optional: tuple[str, ...] = (),
) -> None:
    errors: list[FieldError] = []
    total = 0
    checks = [(field, _checker(field, optional=field.name in optional)) for field in fields]
    for number, record in zip(numbers or range(len(records)), records, strict=True):
        for field, check in checks:
            problem = check(record.get(field.name, _MISSING))
            if problem is not None:
                total += 1
                if len(errors) < MOST_ERRORS_SHOWN:
                    errors.append(_error(number, field, record.get(field.name), problem))
    if total:
        raise InvalidRows(errors, total, path)


_MISSING = object()


def _checker(field: Field, *, optional: bool) -> Callable[[Any], str | None]:
    """A function that says what is wrong with a value, or None."""

    def check(value: Any) -> str | None:
        if value is _MISSING or value is None:
            return None if optional else "is missing"
        if field.type == "date":
            return None if _is_date(value) else "is no date"
        if field.type == "text":
            return _wrong_text(field, value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "is no number"
        try:
            finite = math.isfinite(value)
        except OverflowError:
            return "is out of range"
        if not finite:
            return None if optional and math.isnan(value) else "is not finite"
        if field.type == "int" and value != int(value):
            return "is no whole number"
        if field.type == "int" and not LEAST_WHOLE <= value <= MOST_WHOLE:
            return "is out of range"
        too_low = field.low is not None and value < field.low
        too_high = field.high is not None and value > field.high
        return "is out of range" if too_low or too_high else None

    return check


def _wrong_text(field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        return "is no text"
    if field.choices:
        return None if value in field.choices else "is none of the choices"
    if re.match(STORABLE, value) is None:
        return "has a character that can't be kept"
    return None if 1 <= len(value) <= LONGEST_TEXT else "is empty or too long"


def _is_date(value: Any) -> bool:
    if isinstance(value, datetime.date):
        return True
    if not isinstance(value, str) or len(value) != 10:
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _error(row: int | None, field: Field, value: Any, problem: str) -> FieldError:
    where = field.name if row is None else f"row {row}, {field.name}"
    shown = _shown(value)
    said = "" if problem == "is missing" else f" {shown!r}"
    text = f"{where}:{said} {problem}; allowed is {field.allowed}"
    return FieldError(row, field.name, shown, field.allowed, text)


def _shown(value: Any) -> Any:
    """A value that JSON can carry and that does not fill the page."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, bool | int | float) or value is None:
        return value if not isinstance(value, int) or abs(value) < 2**53 else str(value)[:60]
    return str(value)[:60].encode("utf-8", "backslashreplace").decode()


def _converted(field: Field, value: Any) -> Any:
    if field.type == "date":
        return datetime.date.fromisoformat(value) if isinstance(value, str) else value
    if field.type == "text":
        return value
    if value is None:
        return math.nan
    return int(value) if field.type == "int" and field.low != field.high else float(value)
