"""The fields of a form, from the properties of a JSON schema. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from console.openapi.schemas import Schema, Schemas

Kind = Literal["number", "integer", "text", "choice", "date", "json"]
# the largest whole number that a browser holds exactly
MAX_EXACT = 2**53 - 1
TYPES: Mapping[str, Kind] = {"number": "number", "integer": "integer", "string": "text"}


@dataclass(frozen=True)
class InputField:
    """One field: its type, the closed range or the choices of its values, and an example.

    A field of any other type is "json": its value is written as JSON.
    """

    name: str
    kind: Kind
    description: str = ""
    required: bool = True
    low: float | None = None
    high: float | None = None
    choices: tuple[Any, ...] = ()
    example: Any = None

    @property
    def allowed(self) -> str:
        """The type and range of the values as text: "number from 0 to 1"."""
        if self.kind == "choice":
            return "one of the choices"
        text = {"integer": "whole number", "json": "JSON"}.get(self.kind, self.kind)
        if self.low is not None and self.high is not None:
            return f"{text} from {self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"{text}, {self.low:g} or more"
        return text if self.high is None else f"{text}, at most {self.high:g}"


def read_fields(schemas: Schemas, record: Schema) -> tuple[InputField, ...]:
    """Return the fields of an object schema in its order, with the examples of the whole."""
    required = record.get("required") or []
    examples = _example_of(record)
    values = examples if isinstance(examples, Mapping) else {}
    properties = record.get("properties")
    return tuple(
        read_field(schemas, name, schema, name in required, values.get(name))
        for name, schema in (properties if isinstance(properties, Mapping) else {}).items()
    )


def read_field(
    schemas: Schemas, name: str, schema: Any, required: bool, example: Any = None
) -> InputField:
    """Return one field of a form; `example` overrides the one of its schema."""
    resolved = schemas.resolve(schema)
    low, high = _bound(resolved, "minimum"), _bound(resolved, "maximum")
    kind, choices = _kind(resolved, low, high)
    own = _example_of(resolved)
    return InputField(
        name=name,
        kind=kind,
        description=str(resolved.get("description") or ""),
        required=required and not schemas.accepts_null(schema),
        low=low,
        high=high,
        choices=choices,
        example=own if example is None else example,
    )


def _kind(schema: Schema, low: float | None, high: float | None) -> tuple[Kind, tuple[Any, ...]]:
    if isinstance(schema.get("enum"), list):
        return "choice", tuple(value for value in schema["enum"] if value is not None)
    if "const" in schema:
        return "choice", (schema["const"],)
    types = schema.get("type")
    names = [name for name in (types if isinstance(types, list) else [types]) if name != "null"]
    name = str(names[0]) if len(names) == 1 else ""
    if name == "boolean":
        return "choice", (True, False)
    if name == "integer" and (low, high) == (0, 1):
        return "choice", (0, 1)
    if name == "string" and schema.get("format") == "date":
        return "date", ()
    return TYPES.get(name, "json"), ()


def _bound(schema: Schema, name: str) -> float | None:
    """Return a bound; an exclusive one counts as the bound, which the service then rejects."""
    for value in (schema.get(name), schema.get(f"exclusive{name.capitalize()}")):
        if isinstance(value, int | float) and not isinstance(value, bool):
            usable = math.isfinite(value) and abs(value) <= MAX_EXACT
            return float(value) if usable else None
    return None


def _example_of(schema: Schema) -> Any:
    """Return the first example, else the default, of a schema."""
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    return schema.get("example", schema.get("default"))
