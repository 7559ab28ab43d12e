"""Profiles cached in a folder, by the content of the table and what was counted."""

import hashlib
import os
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from evaluation.inputs.schema import Schema
from evaluation.large_tables.profile import (
    CELLS,
    CELLS_IN_TIME,
    Profile,
)
from evaluation.large_tables.sources import Source
from evaluation.large_tables.time_blocks import BLOCKS

FORMAT = 3


def load(folder: Path | None, source: Source, schema: Schema) -> Profile | None:
    """Return the cached profile of exactly this content, or None."""
    path = _path(folder, source, schema)
    if path is None or not path.exists():
        return None
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Profile, dec_hook=_decode_array)
    except (msgspec.MsgspecError, OSError, KeyError, ValueError):
        # an incomplete or foreign file: count again and overwrite it
        return None


def save(folder: Path | None, source: Source, schema: Schema, profile: Profile) -> None:
    """Write the profile completely or not at all."""
    path = _path(folder, source, schema)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(msgspec.msgpack.encode(profile, enc_hook=_encode_array))
    os.replace(draft, path)


def _path(folder: Path | None, source: Source, schema: Schema) -> Path | None:
    if folder is None or source.identity is None:
        return None
    columns = [(column, schema.kind(column) == "numerical") for column in schema.compared_columns]
    counted = repr((FORMAT, CELLS, CELLS_IN_TIME, BLOCKS, schema.time, columns))
    name = hashlib.sha256((source.identity + counted).encode()).hexdigest()[:32]
    return folder / f"{name}.profile"


def _encode_array(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "int64": value.astype("<i8").tobytes()}
    raise NotImplementedError(f"a profile cannot hold a {type(value).__name__}")


def _decode_array(_kind: type, value: Any) -> Any:
    return np.frombuffer(value["int64"], "<i8").reshape(value["shape"]).astype(np.int64)
