"""Blocks of time of equal length, counted where the table lies."""

import math
from typing import Any

import msgspec
import numpy as np

from evaluation.errors import (
    NotATime,
)
from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import Table, seconds_of
from evaluation.result import Message, message

BLOCKS = 256


class Times(msgspec.Struct, frozen=True):
    """Blocks of time of equal length, counted from `start`, both in seconds."""

    start: float
    seconds: float


def choose_times(
    table: Table, schema: Schema, side: str, like: Times | None, warnings: list[Message]
) -> Times | None:
    if schema.time is None:
        return None
    if schema.time not in table.columns:
        warnings.append(message("data.no_time_column", column=schema.time, side=side))
        return None
    moment = seconds_of(table, schema.time)
    raw = table[schema.time]
    ends = table.aggregate(
        low=moment.min(), high=moment.max(), wrong=(raw.notnull() & moment.isnull()).sum()
    ).execute()
    if raw.type().is_string() and int(ends["wrong"].iloc[0]):
        wrong = table.filter(raw.notnull() & moment.isnull()).limit(1)[schema.time].execute()
        raise NotATime(side, schema.time, None, wrong.iloc[0])
    low, high = float(ends["low"].iloc[0]), float(ends["high"].iloc[0])
    if not low < high:
        return None
    if like is None:
        return Times(low, (high - low) / BLOCKS * (1 + 1e-9))
    spanned = (high - low) / like.seconds
    step = max(1, math.ceil(spanned / (2 * BLOCKS)))
    return Times(low, like.seconds * step)


def block_of(table: Table, schema: Schema, times: Times | None) -> Any:
    import ibis

    if times is None:
        return ibis.literal(0, "int64")
    moment = seconds_of(table, str(schema.time))
    return ((moment - times.start) / times.seconds).floor().cast("int64")


def count_by_block(
    blocks: Any, codes: "np.ndarray[Any, np.dtype[np.int64]]", rows: Any, width: int
) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Counts (blocks, width) in time order; rows without a time are the last block."""
    moments = blocks.to_numpy(dtype="float64", na_value=math.inf)
    known, places = np.unique(moments, return_inverse=True)
    flat = np.bincount(places * width + codes, rows, len(known) * width)
    return flat.reshape(len(known), width).astype(np.int64)
