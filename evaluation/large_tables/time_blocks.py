"""Blocks of time of equal length, and counts by block."""

import math
from typing import Any

import msgspec
import numpy as np

from evaluation.arrays import Counts
from evaluation.errors import NotATime
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
    """Cut the time of a table into about 256 blocks, or into blocks as long as those of `like`.

    They are a multiple of those of `like` where there would be more than 512. None without a time
    column, or with one time only. Raises NotATime.
    """
    if schema.time is None:
        return None
    if schema.time not in table.columns:
        warnings.append(message("data.no_time_column", column=schema.time, side=side))
        return None
    seconds = seconds_of(table, schema.time)
    raw = table[schema.time]
    unreadable = raw.notnull() & seconds.isnull()
    ends = table.aggregate(
        low=seconds.min(), high=seconds.max(), unreadable=unreadable.sum()
    ).execute()
    if raw.type().is_string() and int(ends["unreadable"].iloc[0]):
        examples = table.filter(unreadable).limit(1)[schema.time].execute()
        raise NotATime(side, schema.time, None, examples.iloc[0])
    low, high = float(ends["low"].iloc[0]), float(ends["high"].iloc[0])
    if not low < high:
        return None
    if like is None:
        return Times(low, (high - low) / BLOCKS * (1 + 1e-9))
    blocks = (high - low) / like.seconds
    step = max(1, math.ceil(blocks / (2 * BLOCKS)))
    return Times(low, like.seconds * step)


def block_number(table: Table, schema: Schema, times: Times | None) -> Any:
    """Return the expression of the block of each row; 0 for all without `times`."""
    import ibis

    if times is None:
        return ibis.literal(0, "int64")
    seconds = seconds_of(table, str(schema.time))
    return ((seconds - times.start) / times.seconds).floor().cast("int64")


def count_by_block(blocks: Any, codes: Counts, rows: Counts, width: int) -> Counts:
    """Sum `rows` (k,) to counts (blocks, width) in time order, by their blocks and codes (k,).

    Rows without a time are the last block.
    """
    numbers = blocks.to_numpy(dtype="float64", na_value=math.inf)
    distinct, positions = np.unique(numbers, return_inverse=True)
    flat = np.bincount(positions * width + codes, rows, len(distinct) * width)
    return flat.reshape(len(distinct), width).astype(np.int64)
