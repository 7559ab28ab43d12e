"""The rule of one field: which values it takes, how they are converted, and how OpenAPI shows it.

The decoder of one row, the check of many rows, feedback and OpenAPI all read the rule here.
"""

import datetime
import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import msgspec

from model_service.errors import MAX_ERRORS_SHOWN, FieldError, InvalidRows
from model_service.models.base import LONGEST_TEXT, Field

# the range of a whole number in a database
MIN_WHOLE, MAX_WHOLE = -(2**63), 2**63 - 1
# a database stores neither NUL nor half of a surrogate pair
STORABLE = r"^[^\x00\ud800-\udfff]*$"
MISSING = object()


class ValueProblem(Exception):
    """The value breaks the rule of its field; the text continues a sentence: "is missing"."""


class FieldRule:
    """Converts values of one field. `type` is the rule as a msgspec type, which decides."""

    def __init__(self, field: Field, *, optional: bool = False) -> None:
        self.field = field
        self.name = field.name
        self.optional = optional or field.optional
        self.type = msgspec_type(field)
        self._list_type: Any = list[self.type]  # type: ignore[name-defined]
        self._is_number = field.type in ("int", "float")
        # what replaces a missing value in a row
        self.empty = math.nan if self._is_number else None

    def convert(self, value: Any) -> Any:
        """Return the value as the model takes it. Raises ValueProblem."""
        if value is MISSING or value is None:
            if self.optional:
                return self.empty
            raise ValueProblem("is missing")
        if self._is_number and isinstance(value, float):
            if self.optional and math.isnan(value):
                return self.empty
            if self.field.type == "int" and value.is_integer():
                # JSON and CSV write whole numbers as 5.0 too
                value = int(value)
        try:
            result = msgspec.convert(value, self.type)
        except (msgspec.ValidationError, UnicodeEncodeError):
            raise ValueProblem(self._explain(value)) from None
        if result.__class__ is float and not math.isfinite(result):
            raise ValueProblem("is not finite")
        return result

    def convert_all(self, values: list[Any]) -> list[Any] | None:
        """Return the values converted in one pass, or None if `convert` has to read each."""
        try:
            results = msgspec.convert(values, self._list_type)
        except (msgspec.ValidationError, UnicodeEncodeError):
            return None
        if self.field.type == "float" and not all(map(math.isfinite, results)):
            return None
        return list(results)

    def _explain(self, value: Any) -> str:
        """Return what is wrong with a value that `type` rejects."""
        if self.field.type == "date":
            return "is not a date"
        if self.field.type == "text":
            return self._explain_text(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "is not a number"
        if isinstance(value, float) and not math.isfinite(value):
            return "is not finite"
        if self.field.type == "int" and isinstance(value, float):
            return "is not a whole number"
        return "is out of range"

    def _explain_text(self, value: Any) -> str:
        if not isinstance(value, str):
            return "is not text"
        if self.field.choices:
            return "is not one of the choices"
        if re.match(STORABLE, value) is None:
            return "contains a character that can't be stored"
        return "is empty or too long"


def msgspec_type(field: Field) -> Any:
    """Return the field's rule as a type that msgspec checks, with its description for OpenAPI."""
    limits: dict[str, Any] = {}
    plain: Any = {"date": datetime.date, "text": str, "int": int, "float": float}[field.type]
    if field.choices:
        plain, limits = Literal[field.choices], {"extra_json_schema": {"type": "string"}}
    elif field.type == "text":
        limits = {"min_length": 1, "max_length": LONGEST_TEXT, "pattern": STORABLE}
    elif field.type == "int":
        limits = {"ge": MIN_WHOLE, "le": MAX_WHOLE}
    if field.low is not None:
        limits["ge"] = plain(field.low)
    if field.high is not None:
        limits["le"] = plain(field.high)
    meta = msgspec.Meta(description=field.description, examples=[field.example], **limits)
    return Annotated[plain, meta]


def row_type(name: str, rules: Iterable[FieldRule]) -> type[msgspec.Struct]:
    """Return a Struct of one row, so that a valid row is decoded and checked in one pass."""
    declared: list[Any] = [
        (rule.name, rule.type | None, None) if rule.optional else (rule.name, rule.type)
        for rule in rules
    ]
    # keyword-only, so that an optional field can come before a required one
    return msgspec.defstruct(name, declared, kw_only=True)


class Problems:
    """Counts the wrong fields of a request, and describes the first hundred of them."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []
        self.total = 0

    def add(self, row: int | None, field: Field, value: Any, problem: str) -> None:
        self.total += 1
        if len(self.errors) < MAX_ERRORS_SHOWN:
            self.errors.append(_field_error(row, field, value, problem))

    def raise_if_any(self, path: tuple[str, ...]) -> None:
        """Raise InvalidRows for the fields so far; `path` says where the rows are in the body."""
        if self.total:
            raise InvalidRows(self.errors, self.total, path)


def convert_record(
    record: Mapping[str, Any], rules: Iterable[FieldRule], problems: Problems, row: int | None
) -> tuple[Any, ...]:
    """Return the values of one record in the order of the rules; add what is wrong to `problems`.

    `row` is the record's number, counted from 0, or None where it is the only one.
    """
    values = []
    for rule in rules:
        try:
            values.append(rule.convert(record.get(rule.name, MISSING)))
        except ValueProblem as problem:
            problems.add(row, rule.field, record.get(rule.name), str(problem))
    return tuple(values)


def _field_error(row: int | None, field: Field, value: Any, problem: str) -> FieldError:
    place = field.name if row is None else f"row {row}, {field.name}"
    excerpt = _excerpt(value)
    quoted = "" if problem == "is missing" else f" {excerpt!r}"
    text = f"{place}:{quoted} {problem}; allowed is {field.allowed}"
    return FieldError(row, field.name, excerpt, field.allowed, text)


def _excerpt(value: Any) -> Any:
    """Return a value that JSON can carry and that does not fill the page."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, bool | int | float) or value is None:
        return value if not isinstance(value, int) or abs(value) < 2**53 else str(value)[:60]
    return str(value)[:60].encode("utf-8", "backslashreplace").decode()
