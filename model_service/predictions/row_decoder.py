"""The fast path of one prediction: from the body of a request to the values of its row."""

import math
from typing import Any

import msgspec

from model_service.errors import BadRequest
from model_service.models.base import Field
from model_service.predictions.field_rule import FieldRule, Problems, convert_record, row_type
from model_service.predictions.formats import parse_json


class RowDecoder:
    """Decodes the body of one prediction request to its values, in the order of the inputs."""

    def __init__(self, inputs: tuple[Field, ...]) -> None:
        self._rules = [FieldRule(field) for field in inputs]
        self._decoder = msgspec.json.Decoder(row_type("Row", self._rules))

    def decode(self, body: bytes, number: int | None = None) -> tuple[Any, ...]:
        """Return the values of a row; `number` is its place where it is one of several.

        Raises BadRequest for a body that is not JSON, and InvalidRows that names each wrong field.
        """
        try:
            values = msgspec.structs.astuple(self._decoder.decode(body))
        except (msgspec.MsgspecError, RecursionError):
            record = parse_json(body)
            if not isinstance(record, dict):
                raise BadRequest("The body is not a JSON object: send one record.") from None
            return self._convert(record, number)
        for value in values:
            if value.__class__ is float and not math.isfinite(value):
                names = [rule.name for rule in self._rules]
                return self._convert(dict(zip(names, values, strict=True)), number)
        return values

    def _convert(self, record: dict[str, Any], number: int | None) -> tuple[Any, ...]:
        problems = Problems()
        values = convert_record(record, self._rules, problems, number)
        problems.raise_if_any(("body",) if number is None else ("body", "data"))
        return values
