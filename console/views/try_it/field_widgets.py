"""One widget for each kind of field; an optional field may stay empty."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from console.openapi.fields import InputField

# two beside each other on a phone, four on a wide screen
WIDTH = 152
WIDE = 312
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)


def show(field: InputField, key: str) -> tuple[Any, bool]:
    """Show the widget. Return what `read` makes of its value."""
    return read(field, _show_widget(field, key))


def read(field: InputField, value: Any) -> tuple[Any, bool]:
    """Return the value of a widget as JSON has it, None if it is empty, and whether it is valid."""
    if value is None or value == "":
        return None, True
    if field.kind == "date":
        return value.isoformat(), True
    if field.kind == "integer":
        return int(value), True
    if field.kind == "json":
        try:
            return json.loads(value), True
        except ValueError:
            return None, False
    return value, True


def _show_widget(field: InputField, key: str) -> Any:
    label = field.name if field.required else f"{field.name} (optional)"
    options: dict[str, Any] = {"key": key, "help": _describe(field)}
    if field.kind in ("number", "integer"):
        return _show_number(field, label, options)
    if field.kind == "choice":
        index = field.choices.index(field.example) if field.example in field.choices else None
        return st.selectbox(label, field.choices, index, width=WIDTH, format_func=str, **options)
    if field.kind == "date":
        return st.date_input(
            label, _date(field) if field.required else None, FIRST_DAY, LAST_DAY,
            format="YYYY-MM-DD", width=WIDTH, **options,
        )  # fmt: skip
    if field.kind == "json":
        example = "" if field.example is None else json.dumps(field.example)
        return st.text_area(label, example, width=WIDE, **options)
    example = "" if field.example is None else str(field.example)
    return st.text_input(
        label, example if field.required else "", placeholder=example, width=WIDTH, **options
    )


def _show_number(field: InputField, label: str, options: dict[str, Any]) -> int | float | None:
    number: Callable[[float], Any] = int if field.kind == "integer" else float
    low, high = (None if bound is None else number(bound) for bound in (field.low, field.high))
    example = field.example
    usable = (
        isinstance(example, int | float)
        and (low is None or example >= low)
        and (high is None or example <= high)
    )
    value: int | float | None = st.number_input(
        label, low, high, number(example) if usable else None,
        step=1 if field.kind == "integer" else None,
        format="%d" if field.kind == "integer" else "%g", width=WIDTH, **options,
    )  # fmt: skip
    return value


def _date(field: InputField) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(field.example))
    except ValueError:
        return None


def _describe(field: InputField) -> str:
    parts = [field.description, field.allowed[0].upper() + field.allowed[1:]]
    if field.example is not None:
        parts.append(f"Example: {field.example}")
    return ". ".join(part.rstrip(".") for part in parts if part) + "."
