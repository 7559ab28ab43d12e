"""Profiles of tables of any size: every column is counted where the data are, through Ibis.

One grouped query per column reads each value once; the result is a few hundred counts. The same
expressions run on DuckDB and on Spark.
"""

from collections.abc import Callable

import msgspec
import numpy as np
from msgspec.structs import replace

from evaluation.drift.column_summary import Labels, Numbers
from evaluation.drift.grid import Grid
from evaluation.errors import EmptyData, MissingColumns, NotANumber, NoValues
from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import Table
from evaluation.large_tables.labels import count_labels
from evaluation.large_tables.numbers import choose_grids, count_numbers, query_moments
from evaluation.large_tables.time_blocks import Times, choose_times
from evaluation.result import Message

# fewer cells where there are counts for every block of time
CELLS, CELLS_IN_TIME = 3840, 480


class Profile(msgspec.Struct, frozen=True):
    """All columns of one table; `times` is set where they are counted by block of time."""

    rows: int
    columns: dict[str, Numbers | Labels]
    times: Times | None = None
    warnings: list[Message] = []


def profile_table(
    table: Table,
    schema: Schema,
    side: str,
    *,
    like: Profile | None = None,
    progress: Callable[[float], None] = lambda _fraction: None,
) -> Profile:
    """Count the compared columns of `table`.

    With `like` the cells and the length of the blocks are those of that profile, so that both can
    be compared. Raises InputError with the column.
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
    present = [column for column in schema.compared_columns if column in names]
    numbers = [column for column in present if schema.kind(column) == "numerical"]
    _check_types(table, numbers, side)
    moments = query_moments(table, numbers, side)
    grids = _grids_of(like)
    without_grid = [column for column in numbers if column not in grids]
    cells = CELLS if times is None else CELLS_IN_TIME
    grids |= choose_grids(table, without_grid, rows, cells, moments)
    columns: dict[str, Numbers | Labels] = {}
    for number, column in enumerate(present, start=1):
        if column in grids and column in moments:
            columns[column] = count_numbers(
                table, column, side, grids[column], times, schema, moments[column], warnings
            )
        else:
            columns[column] = count_labels(table, column, times, schema)
        if like is None and column in schema.features and columns[column].missing == rows:
            raise NoValues(side, column)
        progress(number / len(present))
    return Profile(rows, columns, times, warnings)


def join_blocks(profile: Profile, times: Times) -> Profile:
    """Join the blocks of a profile to the longer ones of `times`."""
    if profile.times is None or profile.times.seconds == times.seconds:
        return profile
    step = round(times.seconds / profile.times.seconds)
    columns = {
        name: column
        if column.blocks is None
        else replace(
            column,
            blocks=np.add.reduceat(column.blocks, np.arange(0, len(column.blocks), step)),
        )
        for name, column in profile.columns.items()
    }
    return replace(profile, columns=columns, times=times)


def _check_types(table: Table, columns: list[str], side: str) -> None:
    """Raise NotANumber for a column of times, of lists or of bytes."""
    for column in columns:
        kind = table[column].type()
        if kind.is_temporal() or kind.is_nested() or kind.is_binary():
            raise NotANumber(side, column, None, str(kind))


def _grids_of(profile: Profile | None) -> dict[str, Grid]:
    if profile is None:
        return {}
    return {
        name: column.grid for name, column in profile.columns.items() if isinstance(column, Numbers)
    }
