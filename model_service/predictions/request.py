"""Bodies of prediction requests: a record, its features, or the identifier of something known."""

from collections.abc import Mapping
from typing import Any

import msgspec

from model_service.errors import BadRequest, NotFound, TooLarge
from model_service.models.base import Entities, MonitoredModel
from model_service.predictions.row_decoder import RowDecoder

MOST_IN_BATCH = 1_000
Values = tuple[Any, ...]


class Records:
    """Reads one record or a batch to values in the order of the model's inputs."""

    def __init__(self, model: MonitoredModel) -> None:
        self._names = [field.name for field in model.inputs]
        self._entities = model.entities
        self._row = RowDecoder(model.inputs)

    def one(self, body: bytes) -> Values:
        """Raises BadRequest, InvalidRows that names each wrong field, NotFound for an identifier.

        A model that knows entities takes {"user_id": ...} alone, or {"features": {...}} with or
        without it, beside the plain record.
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
            whole = {name: raw for name, raw in parts.items() if name == key} | features
            return self._row.decode(msgspec.json.encode(whole))
        return self._row.decode(body)

    def batch(self, body: bytes) -> list[Values]:
        """The records of {"data": [...]}, or the entities of {"user_ids": [...]}, at most 1,000."""
        parts = _parts(body)
        plural = f"{self._entities.key}s" if self._entities else None
        wanted = '{"data": [records]}' + (f' or {{"{plural}": [...]}}' if plural else "")
        given = (parts or {}).keys() & {"data", plural}
        if parts is None or len(given) != 1:
            raise BadRequest(f"Send {wanted}.")
        (name,) = given
        try:
            items = msgspec.json.decode(parts[str(name)], type=list[msgspec.Raw])
        except msgspec.MsgspecError:
            raise BadRequest(f'"{name}" is not a list: send {wanted}.') from None
        if not items:
            raise BadRequest(f'"{name}" is empty: send at least one.')
        if len(items) > MOST_IN_BATCH:
            raise TooLarge(
                f"{len(items):,} records are more than the limit of {MOST_IN_BATCH:,} a request: "
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
    """The inputs of one of them. Raises NotFound."""
    try:
        return entities.features(identifier)
    except KeyError:
        raise NotFound(
            f"There is no {entities.key} {identifier[:60]!r}: send one that is known, or the "
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
        raise BadRequest(f'"{name}" is to be text, such as "7590-VHVEG".') from None
