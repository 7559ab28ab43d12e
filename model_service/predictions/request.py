"""Read the bodies of prediction requests: a record, its features, or a known identifier."""

from collections.abc import Mapping
from typing import Any

import msgspec

from model_service.errors import BadRequest, NotFound, TooLarge
from model_service.models.base import Entities, MonitoredModel
from model_service.predictions.row_decoder import RowDecoder

MAX_IN_BATCH = 1_000
Values = tuple[Any, ...]


class Records:
    """Reads one record or a batch as values in the order of the model's inputs."""

    def __init__(self, model: MonitoredModel) -> None:
        self._names = [field.name for field in model.inputs]
        self._entities = model.entities
        self._row = RowDecoder(model.inputs)

    def decode(self, body: bytes) -> Values:
        """Return the values of one record.

        A model with entities also takes {"user_id": ...} alone, or {"features": {...}} with or
        without it. Raises BadRequest, InvalidRows that names each wrong field, and NotFound for an
        unknown identifier.
        """
        if self._entities is None:
            return self._row.decode(body)
        parts = _parts(body)
        key = self._entities.key
        if parts is not None and parts.keys() == {key}:
            return self._known(self._entities, _text(parts[key], key))
        if parts is not None and "features" in parts and parts.keys() <= {key, "features"}:
            features = _parts(bytes(parts["features"]))
            if features is None:
                raise BadRequest('"features" is not a JSON object: send one record.')
            record = {name: raw for name, raw in parts.items() if name == key} | features
            return self._row.decode(msgspec.json.encode(record))
        return self._row.decode(body)

    def decode_batch(self, body: bytes) -> list[Values]:
        """Return the values of {"data": [...]} or {"user_ids": [...]}, at most 1,000 records."""
        parts = _parts(body)
        plural = f"{self._entities.key}s" if self._entities else None
        expected = '{"data": [records]}' + (f' or {{"{plural}": [...]}}' if plural else "")
        names = (parts or {}).keys() & {"data", plural}
        if parts is None or len(names) != 1:
            raise BadRequest(f"Send {expected}.")
        (name,) = names
        try:
            items = msgspec.json.decode(parts[str(name)], type=list[msgspec.Raw])
        except msgspec.MsgspecError:
            raise BadRequest(f'"{name}" is not a list: send {expected}.') from None
        if not items:
            raise BadRequest(f'"{name}" is empty: send at least one.')
        if len(items) > MAX_IN_BATCH:
            raise TooLarge(
                f"{len(items):,} records are more than the limit of {MAX_IN_BATCH:,} a request: "
                "send them in parts."
            )
        if name == "data":
            return [self._row.decode(bytes(item), number) for number, item in enumerate(items)]
        assert self._entities is not None
        return [self._known(self._entities, _text(item, str(name))) for item in items]

    def _known(self, entities: Entities, identifier: str) -> Values:
        record = features_of(entities, identifier)
        return self._row.decode(msgspec.json.encode({name: record[name] for name in self._names}))


def features_of(entities: Entities, identifier: str) -> Mapping[str, Any]:
    """Return the inputs of one entity. Raises NotFound."""
    try:
        return entities.features(identifier)
    except KeyError:
        raise NotFound(
            f"There is no {entities.key} {identifier[:60]!r}: send a known one, or the "
            'features themselves as {"features": {...}}.'
        ) from None


def _parts(body: bytes) -> dict[str, msgspec.Raw] | None:
    try:
        return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.MsgspecError:
        return None


def _text(raw: msgspec.Raw, name: str) -> str:
    try:
        return msgspec.json.decode(raw, type=str)
    except msgspec.MsgspecError:
        raise BadRequest(f'"{name}" must be text, such as "7590-VHVEG".') from None
