"""Counts of the numbers of a column in cells of a grid."""

import math
from typing import Any

import numpy as np

from evaluation.drift.column_summary import Numbers
from evaluation.drift.grid import Grid, choose_grid
from evaluation.errors import (
    NotANumber,
    ValueTooLarge,
)
from evaluation.inputs.convert import LARGEST
from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import Table, finite, value_of
from evaluation.large_tables.time_blocks import Times, block_number, count_by_block
from evaluation.result import Message, message
from evaluation.result import number as finite_number

SAMPLE_ROWS = 20_000


# the codes of values without a cell
NO_VALUE, INFINITE, NO_NUMBER = -1, -2, -3

Moments = dict[str, float | None]  # low, high, mean and std


def choose_grids(
    table: Table, columns: list[str], rows: int, cells: int, moments: dict[str, Moments]
) -> dict[str, Grid]:
    """Choose a grid for each column, from its range and a sample of about 20,000 rows."""
    if not columns:
        return {}
    values = _select_finite(table, columns)
    if rows > SAMPLE_ROWS:
        values = values.sample(SAMPLE_ROWS / rows, seed=0)
    sample = values.execute()
    grids = {}
    for number, column in enumerate(columns):
        low, high = moments[column]["low"] or 0.0, moments[column]["high"] or 0.0
        present = sample[f"x_{number}"].dropna().to_numpy(dtype="float64")
        grids[column] = choose_grid(
            present if present.size else np.array([low, high]), low, high, cells
        )
    return grids


def query_moments(table: Table, columns: list[str], side: str) -> dict[str, Moments]:
    """Return range, mean and standard deviation of the finite values of all columns, in one query.

    Raises ValueTooLarge.
    """
    if not columns:
        return {}
    values = _select_finite(table, columns)
    expressions = {}
    for number in range(len(columns)):
        value = values[f"x_{number}"]
        expressions[f"low_{number}"], expressions[f"high_{number}"] = value.min(), value.max()
        # the squares of values that are refused below do not fit into a float
        usable = (value.abs() <= LARGEST).ifelse(value, None)
        expressions[f"mean_{number}"] = usable.mean()
        expressions[f"std_{number}"] = usable.std(how="sample")
    row = values.aggregate(**expressions).execute().iloc[0]
    moments = {}
    for position, column in enumerate(columns):
        moments[column] = {
            name: finite_number(float(row[f"{name}_{position}"]))
            for name in ("low", "high", "mean", "std")
        }
        for end in (moments[column]["low"], moments[column]["high"]):
            if end is not None and abs(end) > LARGEST:
                raise ValueTooLarge(side, column, None, end)
    return moments


def count_numbers(
    table: Table,
    column: str,
    side: str,
    grid: Grid,
    times: Times | None,
    schema: Schema,
    moments: Moments,
    warnings: list[Message],
) -> Numbers:
    """Count the values of a column in the cells of `grid`, by block of time with `times`.

    Raises NotANumber.
    """
    coded = table.select(
        cell=_cell(table, column, grid), block=block_number(table, schema, times),
        value=finite(value_of(table, column)),
    )  # fmt: skip
    keys = ["cell"] if times is None else ["block", "cell"]
    grouped = coded.group_by(keys).aggregate(rows=coded.count()).execute()
    cell = grouped["cell"].to_numpy(dtype="int64")
    rows = grouped["rows"].to_numpy(dtype="int64")
    if (cell == NO_NUMBER).any():
        text = table.filter(table[column].notnull() & value_of(table, column).isnull())
        raise NotANumber(side, column, None, text.limit(1)[column].execute().iloc[0])
    infinite = int(rows[cell == INFINITE].sum())
    if infinite:
        warnings.append(message("data.infinite", column=column, values=infinite, side=side))
    has_cell = cell >= 0
    counts = np.bincount(cell[has_cell], rows[has_cell], grid.cells + 2).astype(np.int64)
    outside = [
        float(coded.filter(coded.cell == end).value.mean().execute()) if counts[end] else math.nan
        for end in (0, grid.cells + 1)
    ]
    blocks = None
    if times is not None:
        width = grid.cells + 3
        blocks = count_by_block(grouped["block"], np.where(has_cell, cell, width - 1), rows, width)
    return Numbers(
        grid, counts, int(rows.sum() - counts.sum()),
        moments["mean"], moments["std"], moments["low"], moments["high"],
        (outside[0], outside[1]), blocks,
    )  # fmt: skip


def _select_finite(table: Table, columns: list[str]) -> Table:
    """Select the columns as finite floats x_0, x_1, ..."""
    return table.select(
        **{f"x_{number}": finite(value_of(table, name)) for number, name in enumerate(columns)}
    )


def _cell(table: Table, column: str, grid: Grid) -> Any:
    """Return the expression of each row's cell, as Grid.codes; below 0 for values without one."""
    import ibis

    value = value_of(table, column)
    scaled = value
    if grid.scale is not None:
        # asinh, which not every engine has
        ratio = (value - grid.centre) / grid.scale
        scaled = ratio.sign() * (ratio.abs() + (ratio * ratio + 1).sqrt()).ln()
    # integers throughout: the least of an integer and a decimal would be computed in decimals
    floor = ((scaled - grid.low) * grid.per_unit).floor().cast("int64")
    inside = ibis.least(floor, ibis.literal(grid.cells - 1, "int64")) + 1
    branches = [(value.isnan(), NO_VALUE), (value.isinf(), INFINITE)]
    if table[column].type().is_string():
        branches.insert(0, (value.isnull() & table[column].notnull(), NO_NUMBER))
    return ibis.cases(
        *branches,
        (value.isnull(), NO_VALUE),
        (scaled < grid.low, 0),
        (scaled > grid.high, grid.cells + 1),
        else_=inside,
    )
