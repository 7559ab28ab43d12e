"""Profiles of tables of any size: every column counted where the data lie, through Ibis.

One grouped query a column, so that each value is read once; what comes back is a few hundred
counts. The same expressions run on DuckDB and on Spark.
"""

from collections.abc import Callable

import msgspec
import numpy as np
from msgspec.structs import replace

from evaluation.drift.column_summary import Labels, Numbers
from evaluation.errors import (
    EmptyData,
    MissingColumns,
    NotANumber,
    NoValues,
)
from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import Table
from evaluation.large_tables.labels import count_labels
from evaluation.large_tables.numbers import choose_grids, count_numbers, moments_of
from evaluation.large_tables.time_blocks import Times, choose_times
from evaluation.result import Message

# fewer cells where they are kept for every block of time
CELLS, CELLS_IN_TIME = 3840, 480


class Profile(msgspec.Struct, frozen=True):
    """All columns of one table. `times` is set where blocks of time were kept."""

    rows: int
    columns: dict[str, Numbers | Labels]
    times: Times | None = None
    warnings: list[Message] = []


def columns_of(schema: Schema) -> list[str]:
    """Features, then target and prediction: what a profile holds."""
    return [*schema.features, *(c for c in (schema.target, schema.prediction) if c is not None)]


def profile(
    table: Table,
    schema: Schema,
    side: str,
    *,
    like: Profile | None = None,
    progress: Callable[[float], None] = lambda _fraction: None,
) -> Profile:
    """Count the columns of `table`; on the cells and blocks of `like`, so that both can be held
    against each other. Raises InputError with the column.
    """
    names = list(table.columns)
    missing = [column for column in schema.features if column not in names]
    if missing:
        raise MissingColumns(side, missing, names)
    rows = int(table.count().execute())
    if rows == 0:
        raise EmptyData(side)
    warnings: list[Message] = []
    times = None
    if like is None or like.times is not None:
        times = choose_times(table, schema, side, like.times if like else None, warnings)
    wanted = [column for column in columns_of(schema) if column in names]
    numbers = [column for column in wanted if is_number(schema, column)]
    for column in numbers:
        kind = table[column].type()
        if kind.is_temporal() or kind.is_nested() or kind.is_binary():
            raise NotANumber(side, column, None, str(kind))
    moments = moments_of(table, numbers, side)
    fresh = [column for column in numbers if like is None or column not in like.columns]
    cells = CELLS if times is None else CELLS_IN_TIME
    grids = choose_grids(table, fresh, rows, cells, moments)
    columns: dict[str, Numbers | Labels] = {}
    for place, column in enumerate(wanted):
        if is_number(schema, column):
            known = like.columns.get(column) if like is not None else None
            chosen = known.grid if isinstance(known, Numbers) else grids[column]
            columns[column] = count_numbers(
                table, column, side, chosen, times, schema, moments[column], warnings
            )
        else:
            columns[column] = count_labels(table, column, times, schema)
        if like is None and column in schema.features and columns[column].missing == rows:
            raise NoValues(side, column)
        progress((place + 1) / len(wanted))
    return Profile(rows, columns, times, warnings)


def is_number(schema: Schema, column: str) -> bool:
    if column in schema.features:
        return schema.kind(column) == "numerical"
    return schema.task == "regression"


def coarser(found: Profile, times: Times) -> Profile:
    """The same profile with its blocks joined to the longer ones of `times`."""
    if found.times is None or found.times.seconds == times.seconds:
        return found
    step = round(times.seconds / found.times.seconds)
    columns = {
        name: column
        if column.blocks is None
        else replace(
            column,
            blocks=np.add.reduceat(column.blocks, np.arange(0, len(column.blocks), step)),
        )
        for name, column in found.columns.items()
    }
    return replace(found, columns=columns, times=times)
