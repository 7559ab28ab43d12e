"""Find the columns and the prediction to log, in an endpoint's signature and answer."""

import datetime
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import BaseModel

from model_service.errors import StartError
from model_service.models.base import LONGEST_TEXT, Field
from model_service.models.tabular import RESERVED

Kind = Literal["float", "int", "date", "text"]
# a bool is logged as 0 or 1
KINDS: Mapping[type, Kind] = {
    bool: "int", int: "int", float: "float", datetime.date: "date", str: "text",
}  # fmt: skip


def fields_of_function(function: Callable[..., Any]) -> tuple[Field, ...]:
    """Return a field for each parameter of a plain type and each field of its pydantic models.

    Raises StartError if there is none, or if two have the same name.
    """
    hints = typing.get_type_hints(function)
    fields: list[Field] = []
    for name in inspect.signature(function).parameters:
        fields += _fields(name, hints.get(name))
    names = [field.name for field in fields]
    wrong = sorted({name for name in names if names.count(name) > 1} | (RESERVED & set(names)))
    if wrong:
        raise StartError(
            f"{', '.join(wrong)} of {function.__name__} can't be a column of the prediction log: "
            "the name is used twice, or the log has its own column of that name."
        )
    if not fields:
        raise StartError(
            f"{function.__name__} has no parameter that can be logged: annotate them as numbers, "
            "text, dates or pydantic models of these."
        )
    return tuple(fields)


def arguments_of(
    signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values of a call by the field names of `fields_of_function`."""
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    values: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        if isinstance(value, BaseModel):
            values |= {field: getattr(value, field) for field in type(value).model_fields}
        else:
            values[name] = value
    return {name: _plain(value) for name, value in values.items()}


def number_in(result: Any, name: str | None) -> float:
    """Return the prediction in an answer: the number itself, or the only number among its fields.

    Raises StartError that names the fields if there are several.
    """
    fields = result.model_dump() if isinstance(result, BaseModel) else result
    if not isinstance(fields, Mapping):
        if _is_number(fields):
            return float(fields)
        raise StartError(f"The answer is a {type(result).__name__}: it has no number to log.")
    if name is not None and _is_number(fields.get(name)):
        return float(fields[name])
    numbers = [key for key, value in fields.items() if _is_number(value)]
    if name is None and len(numbers) == 1:
        return float(fields[numbers[0]])
    raise StartError(
        "It is not clear which field of the answer is the prediction "
        f"(numbers: {', '.join(map(str, numbers)) or 'none'}): name it as "
        '@monitoring.prediction(value="...").'
    )


def _fields(name: str, hint: Any) -> list[Field]:
    plain, optional = _without_none(hint)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return [
            inner
            for field, info in plain.model_fields.items()
            for inner in _fields(field, info.annotation)
        ]
    if typing.get_origin(plain) is Literal:
        plain = type(typing.get_args(plain)[0])
    kind = KINDS.get(plain) if isinstance(plain, type) else None
    return [] if kind is None else [Field(name, kind, name, None, optional=optional)]


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(hint) if part is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return hint, False


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool | str | bytes) and hasattr(value, "__float__")


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return value[:LONGEST_TEXT] if isinstance(value, str) else value
