"""JSON schemas of an OpenAPI document: references, alternatives and null. Pure."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
# deep enough for any input form; a schema that refers to itself ends here
MAX_DEPTH = 20


class Schemas:
    """Resolves the schemas of one document."""

    def __init__(self, document: Schema) -> None:
        self._document = document

    def resolve(self, schema: Any) -> Schema:
        """Return a schema without a reference and without null; {} for what is not a schema.

        The description and the default beside a reference override those of its target.
        """
        for _ in range(MAX_DEPTH):
            if not isinstance(schema, Mapping):
                return {}
            if "$ref" in schema:
                target, rest = self._target(schema["$ref"]), {**schema}
                rest.pop("$ref")
                schema = {**target, **rest}
                continue
            options = self.alternatives(schema)
            if len(options) != 1:
                return schema
            rest = {name: schema[name] for name in schema if name not in COMBINATIONS}
            schema = {**options[0], **rest}
        return {}

    def alternatives(self, schema: Schema) -> list[Schema]:
        """Return the alternatives of a schema other than null; [] if it has none."""
        name = next((name for name in COMBINATIONS if isinstance(schema.get(name), list)), None)
        options = schema[name] if name is not None else []
        return [item for item in options if isinstance(item, Mapping) and not _is_null(item)]

    def accepts_null(self, schema: Any) -> bool:
        """Return whether null is one of the alternatives or types of a schema."""
        if not isinstance(schema, Mapping):
            return False
        types = schema.get("type")
        if schema.get("nullable") is True or (isinstance(types, list) and "null" in types):
            return True
        return any(
            _is_null(item)
            for name in COMBINATIONS
            for item in schema.get(name) or []
            if isinstance(item, Mapping)
        )

    def _target(self, reference: Any) -> Schema:
        """Return what a local reference such as #/components/schemas/Record names."""
        node: Any = self._document
        for part in str(reference).removeprefix("#/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or name not in node:
                return {}
            node = node[name]
        return node if isinstance(node, Mapping) else {}


COMBINATIONS = ("anyOf", "oneOf", "allOf")


def _is_null(schema: Schema) -> bool:
    return schema.get("type") == "null" or schema.get("enum") == [None]
