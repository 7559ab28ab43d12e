"""Profiles kept in a folder, found again by what their table holds and what was counted."""

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
    columns_of,
    is_number,
)
from evaluation.large_tables.sources import Source
from evaluation.large_tables.time_blocks import BLOCKS

FORMAT = 3


def load(folder: Path | None, source: Source, schema: Schema) -> Profile | None:
    """The kept profile of this very content, or None."""
    path = _path(folder, source, schema)
    if path is None or not path.exists():
        return None
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Profile, dec_hook=_decoded)
    except (msgspec.MsgspecError, OSError, KeyError, ValueError):
        # a torn or foreign file: count again, and write it anew
        return None


def keep(folder: Path | None, source: Source, schema: Schema, profile: Profile) -> None:
    """Write the profile whole or not at all."""
    path = _path(folder, source, schema)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(msgspec.msgpack.encode(profile, enc_hook=_encoded))
    os.replace(draft, path)


def _path(folder: Path | None, source: Source, schema: Schema) -> Path | None:
    if folder is None or source.identity is None:
        return None
    counted = [(column, is_number(schema, column)) for column in columns_of(schema)]
    asked = repr((FORMAT, CELLS, CELLS_IN_TIME, BLOCKS, schema.time, counted))
    name = hashlib.sha256((source.identity + asked).encode()).hexdigest()[:32]
    return folder / f"{name}.profile"


def _encoded(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "int64": value.astype("<i8").tobytes()}
    raise NotImplementedError(f"profiles hold no {type(value).__name__}")


def _decoded(_kind: type, value: Any) -> Any:
    return np.frombuffer(value["int64"], "<i8").reshape(value["shape"]).astype(np.int64)
