"""Counts of the numbers of a column in cells of a grid."""

import math
from typing import Any

import numpy as np

from evaluation.drift import grid
from evaluation.drift.column_summary import Numbers
from evaluation.drift.grid import Grid
from evaluation.errors import (
    NotANumber,
    ValueTooLarge,
)
from evaluation.inputs.convert import LARGEST
from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import Table, finite, value_of
from evaluation.large_tables.time_blocks import Times, block_of, count_by_block
from evaluation.result import Message, message, number

SAMPLE_ROWS = 20_000


NO_VALUE, INFINITE, NO_NUMBER = -1, -2, -3


def choose_grids(
    table: Table,
    columns: list[str],
    rows: int,
    cells: int,
    moments: dict[str, dict[str, float | None]],
) -> dict[str, Grid]:
    """Cells for each column, from its range and a sample of about 20,000 rows."""
    if not columns:
        return {}
    plain = table.select(**{f"x_{i}": finite(value_of(table, c)) for i, c in enumerate(columns)})
    drawn = plain if rows <= SAMPLE_ROWS else plain.sample(SAMPLE_ROWS / rows, seed=0)
    values = drawn.execute()
    found = {}
    for place, column in enumerate(columns):
        low, high = moments[column]["low"] or 0.0, moments[column]["high"] or 0.0
        seen = values[f"x_{place}"].dropna().to_numpy(dtype="float64")
        found[column] = grid.choose(seen if seen.size else np.array([low, high]), low, high, cells)
    return found


def _cell(table: Table, column: str, cells: Grid) -> Any:
    """The number of the cell of each row, as Grid.codes tells it; below 0 what has none."""
    import ibis

    value = value_of(table, column)
    placed = value
    if cells.scale is not None:
        apart = (value - cells.centre) / cells.scale
        placed = apart.sign() * (apart.abs() + (apart * apart + 1).sqrt()).ln()
    # whole numbers throughout: least of a whole and a decimal would be reckoned in decimals
    floor = ((placed - cells.low) * cells.per_unit).floor().cast("int64")
    inside = ibis.least(floor, ibis.literal(cells.cells - 1, "int64")) + 1
    branches = [(value.isnan(), NO_VALUE), (value.isinf(), INFINITE)]
    if table[column].type().is_string():
        branches.insert(0, (value.isnull() & table[column].notnull(), NO_NUMBER))
    return ibis.cases(
        *branches,
        (value.isnull(), NO_VALUE),
        (placed < cells.low, 0),
        (placed > cells.high, cells.cells + 1),
        else_=inside,
    )


def moments_of(table: Table, columns: list[str], side: str) -> dict[str, dict[str, float | None]]:
    """Range, mean and standard deviation of the finite values of all columns, in one query."""
    if not columns:
        return {}
    plain = table.select(**{f"x_{i}": finite(value_of(table, c)) for i, c in enumerate(columns)})
    wanted = {}
    for place in range(len(columns)):
        value = plain[f"x_{place}"]
        wanted[f"low_{place}"], wanted[f"high_{place}"] = value.min(), value.max()
        # the squares of what is refused below would be past every float
        usual = (value.abs() <= LARGEST).ifelse(value, None)
        wanted[f"mean_{place}"], wanted[f"std_{place}"] = usual.mean(), usual.std(how="sample")
    row = plain.aggregate(**wanted).execute().iloc[0]
    found = {}
    for place, column in enumerate(columns):
        told = {
            name: number(float(row[f"{name}_{place}"])) for name in ("low", "high", "mean", "std")
        }
        for end in (told["low"], told["high"]):
            if end is not None and abs(end) > LARGEST:
                raise ValueTooLarge(side, column, None, end)
        found[column] = told
    return found


def count_numbers(
    table: Table,
    column: str,
    side: str,
    cells: Grid,
    times: Times | None,
    schema: Schema,
    moments: dict[str, float | None],
    warnings: list[Message],
) -> Numbers:
    coded = table.select(
        cell=_cell(table, column, cells), block=block_of(table, schema, times),
        value=finite(value_of(table, column)),
    )  # fmt: skip
    keys = ["cell"] if times is None else ["block", "cell"]
    grouped = coded.group_by(keys).aggregate(rows=coded.count()).execute()
    cell = grouped["cell"].to_numpy(dtype="int64")
    rows = grouped["rows"].to_numpy(dtype="int64")
    if (cell == NO_NUMBER).any():
        wrong = table.filter(table[column].notnull() & value_of(table, column).isnull())
        raise NotANumber(side, column, None, wrong.limit(1)[column].execute().iloc[0])
    infinite = int(rows[cell == INFINITE].sum())
    if infinite:
        warnings.append(message("data.infinite", column=column, values=infinite, side=side))
    valued = cell >= 0
    counts = np.bincount(cell[valued], rows[valued], cells.cells + 2).astype(np.int64)
    outside = [
        float(coded.filter(coded.cell == end).value.mean().execute()) if counts[end] else math.nan
        for end in (0, cells.cells + 1)
    ]
    blocks = None
    if times is not None:
        width = cells.cells + 3
        blocks = count_by_block(grouped["block"], np.where(valued, cell, width - 1), rows, width)
    return Numbers(
        cells, counts, int(rows.sum() - counts.sum()),
        moments["mean"], moments["std"], moments["low"], moments["high"],
        (outside[0], outside[1]), blocks,
    )  # fmt: skip
