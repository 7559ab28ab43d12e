"""Profiles of tables of any size: every column counted where the data lie, through Ibis.

One grouped query a column, so that each value is read once; what comes back is a few hundred
counts. The same expressions run on DuckDB and on Spark.
"""

import math
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from evaluation.drift import grid
from evaluation.drift.column_summary import OTHER, Labels, Numbers
from evaluation.drift.grid import Grid
from evaluation.errors import (
    EmptyData,
    MissingColumns,
    NotANumber,
    NotATime,
    NoValues,
    ValueTooLarge,
)
from evaluation.inputs.prepare import LARGEST
from evaluation.inputs.schema import Schema
from evaluation.result import number

Table = Any  # an ibis.Table; ibis takes half a second to import, and small files need none of it

# fewer cells where they are kept for every block of time
CELLS, CELLS_IN_TIME, BLOCKS = 3840, 480, 256
SAMPLE_ROWS = 20_000
MOST_LABELS, MOST_LABELS_IN_TIME = 10_000, 200
# past it a float is no exact whole number, and soon none of 64 bits
WHOLE = 2.0**53
NO_VALUE, INFINITE, NO_NUMBER = -1, -2, -3


class Times(msgspec.Struct, frozen=True):
    """Blocks of time of equal length, counted from `start`, both in seconds."""

    start: float
    seconds: float


class Profile(msgspec.Struct, frozen=True):
    """All columns of one table. `times` is set where blocks of time were kept."""

    rows: int
    columns: dict[str, Numbers | Labels]
    times: Times | None = None
    warnings: list[str] = []


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
    warnings: list[str] = []
    times = _times(table, schema, side, like, warnings)
    wanted = [column for column in columns_of(schema) if column in names]
    numbers = [column for column in wanted if is_number(schema, column)]
    for column in numbers:
        kind = table[column].type()
        if kind.is_temporal() or kind.is_nested() or kind.is_binary():
            raise NotANumber(side, column, None, str(kind))
    moments = _moments(table, numbers, side)
    fresh = [column for column in numbers if like is None or column not in like.columns]
    cells = CELLS if times is None else CELLS_IN_TIME
    grids = _grids(table, fresh, rows, cells, moments)
    columns: dict[str, Numbers | Labels] = {}
    for place, column in enumerate(wanted):
        if is_number(schema, column):
            known = like.columns.get(column) if like is not None else None
            chosen = known.grid if isinstance(known, Numbers) else grids[column]
            columns[column] = _numbers(
                table, column, side, chosen, times, schema, moments[column], warnings
            )
        else:
            columns[column] = _labels(table, column, times, schema)
        if like is None and column in schema.features and columns[column].missing == rows:
            raise NoValues(side, column)
        progress((place + 1) / len(wanted))
    return Profile(rows, columns, times, warnings)


def overflows(found: Numbers | Labels, times: Times | None) -> bool:
    """Has the column more labels than were kept of this table?"""
    return isinstance(found, Labels) and len(found.counts) > most_labels(times)


def most_labels(times: Times | None) -> int:
    return MOST_LABELS if times is None else MOST_LABELS_IN_TIME


def on_shared_labels(
    tables: tuple[Table, Table],
    column: str,
    times: tuple[Times | None, Times | None],
    schema: Schema,
) -> tuple[Labels, Labels]:
    """Both tables' counts of the labels that are the most frequent in both together.

    Each table's own most frequent labels are not those of the other: held against each other, the
    chance that put a label among them would look like drift.
    """
    most = min(most_labels(each) for each in times)
    values = [table.select(raw=table[column]) for table in tables]
    counted = [raw.group_by("raw").aggregate(n=raw.count()) for raw in values]
    first, second = (each.select(label=text_of(each, "raw"), n=each.n) for each in counted)
    both = first.union(second)
    pool = both.filter(both.label.notnull()).group_by("label").aggregate(n=both.n.sum())
    kept = pool.order_by([pool.n.desc(), pool.label]).limit(most).execute()["label"]
    names = [str(name) for name in kept]
    found = [
        _labels(table, column, own, schema, kept=names)
        for table, own in zip(tables, times, strict=True)
    ]
    return found[0], found[1]


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


def value_of(table: Table, column: str) -> Any:
    """The column as float64; null for what is no number."""
    raw = table[column]
    kind = raw.type()
    if kind.is_string():
        return raw.try_cast("float64")
    if kind.is_interval():
        return raw.cast("int64").cast("float64")
    return raw.cast("float64")


def text_of(table: Table, column: str) -> Any:
    """The column as labels: 1, 1.0 and "1" are the same, null and NaN are none."""
    raw = table[column]
    kind = raw.type()
    if kind.is_boolean():
        return raw.cast("int64").cast("string")
    if kind.is_decimal():
        # 1.50 of a database is 1.5 of a file
        raw = raw.cast("float64")
        kind = raw.type()
    if kind.is_floating():
        # floor and cast are of 64 bits: what does not fit is made null before them
        fitting = (raw.abs() < WHOLE).ifelse(raw, None)
        whole = (fitting == fitting.floor()).fill_null(False)
        text = whole.ifelse(fitting.cast("int64").cast("string"), raw.cast("string"))
        return raw.isnan().ifelse(None, text)
    return raw.cast("string")


def seconds_of(table: Table, column: str) -> Any:
    """The time column as seconds in float64."""
    raw = table[column]
    kind = raw.type()
    if kind.is_numeric():
        return _finite(raw.cast("float64"))
    moment = raw.try_cast("timestamp") if kind.is_string() else raw.cast("timestamp")
    return moment.epoch_seconds().cast("float64")


def _times(
    table: Table, schema: Schema, side: str, like: Profile | None, warnings: list[str]
) -> Times | None:
    if schema.time is None or (like is not None and like.times is None):
        return None
    if schema.time not in table.columns:
        warnings.append(
            f"The {side} data have no column {schema.time}: their rows are taken as independent of "
            "each other."
        )
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
    if like is None or like.times is None:
        return Times(low, (high - low) / BLOCKS * (1 + 1e-9))
    spanned = (high - low) / like.times.seconds
    step = max(1, math.ceil(spanned / (2 * BLOCKS)))
    return Times(low, like.times.seconds * step)


def _grids(
    table: Table,
    columns: list[str],
    rows: int,
    cells: int,
    moments: dict[str, dict[str, float | None]],
) -> dict[str, Grid]:
    """Cells for each column, from its range and a sample of about 20,000 rows."""
    if not columns:
        return {}
    plain = table.select(**{f"x_{i}": _finite(value_of(table, c)) for i, c in enumerate(columns)})
    drawn = plain if rows <= SAMPLE_ROWS else plain.sample(SAMPLE_ROWS / rows, seed=0)
    values = drawn.execute()
    found = {}
    for place, column in enumerate(columns):
        low, high = moments[column]["low"] or 0.0, moments[column]["high"] or 0.0
        seen = values[f"x_{place}"].dropna().to_numpy(dtype="float64")
        found[column] = grid.choose(seen if seen.size else np.array([low, high]), low, high, cells)
    return found


def _finite(value: Any) -> Any:
    return (value.isnan() | value.isinf()).ifelse(None, value)


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


def _moments(table: Table, columns: list[str], side: str) -> dict[str, dict[str, float | None]]:
    """Range, mean and standard deviation of the finite values of all columns, in one query."""
    if not columns:
        return {}
    plain = table.select(**{f"x_{i}": _finite(value_of(table, c)) for i, c in enumerate(columns)})
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


def _numbers(
    table: Table,
    column: str,
    side: str,
    cells: Grid,
    times: Times | None,
    schema: Schema,
    moments: dict[str, float | None],
    warnings: list[str],
) -> Numbers:
    coded = table.select(
        cell=_cell(table, column, cells), block=_block(table, schema, times),
        value=_finite(value_of(table, column)),
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
        warnings.append(
            f"{column} has {infinite} infinite values in the {side} data; they count as missing."
        )
    valued = cell >= 0
    counts = np.bincount(cell[valued], rows[valued], cells.cells + 2).astype(np.int64)
    outside = [
        float(coded.filter(coded.cell == end).value.mean().execute()) if counts[end] else math.nan
        for end in (0, cells.cells + 1)
    ]
    blocks = None
    if times is not None:
        width = cells.cells + 3
        blocks = _by_block(grouped["block"], np.where(valued, cell, width - 1), rows, width)
    return Numbers(
        cells, counts, int(rows.sum() - counts.sum()),
        moments["mean"], moments["std"], moments["low"], moments["high"],
        (outside[0], outside[1]), blocks,
    )  # fmt: skip


def _labels(
    table: Table, column: str, times: Times | None, schema: Schema, kept: list[str] | None = None
) -> Labels:
    """Counts a label; past 10,000 (200 with blocks of time) the rarest are one, "(other)".

    With `kept` those are counted, and all others are one.
    """
    raw = table.select(raw=table[column], block=_block(table, schema, times))
    most = most_labels(times)
    # texts are made of the few different values, not of every row
    values = raw.group_by(["raw"] if times is None else ["block", "raw"]).aggregate(n=raw.count())
    counted = values.select(*values.columns, label=text_of(values, "raw"))
    query = counted.group_by("label").aggregate(rows=counted.n.sum())
    wanted = query if kept is None else query.filter(query.label.isnull() | query.label.isin(kept))
    ranked = wanted.order_by([wanted.label.isnull().desc(), wanted.rows.desc(), wanted.label])
    top = ranked.limit(most + 2).execute()
    missing = int(top["rows"][top["label"].isna()].sum())
    top = top[top["label"].notna()]
    counts = {str(name): int(rows) for name, rows in zip(top["label"], top["rows"], strict=True)}
    rest = []
    if kept is not None or len(counts) > most:
        counts = dict(list(counts.items())[:most])
        present = query.filter(query.label.notnull()).rows.sum().execute()
        others = (0 if present is None or present != present else int(present)) - sum(
            counts.values()
        )
        if others:
            rest = [OTHER]
            counts[OTHER] = counts.get(OTHER, 0) + others
    if times is None:
        return Labels(counts, missing)
    known = list(counts)
    if rest:
        named = counted.label.isnull().ifelse(
            None, counted.label.isin(known).ifelse(counted.label, OTHER)
        )
        counted = counted.mutate(label=named)
    grouped = counted.group_by(["block", "label"]).aggregate(rows=counted.n.sum()).execute()
    places = {name: place for place, name in enumerate(known)}
    codes = [places.get(name, len(known)) for name in grouped["label"]]
    rows = grouped["rows"].to_numpy(dtype="int64")
    blocks = _by_block(grouped["block"], np.array(codes, dtype=np.int64), rows, len(known) + 1)
    return Labels(counts, missing, blocks)


def _block(table: Table, schema: Schema, times: Times | None) -> Any:
    import ibis

    if times is None:
        return ibis.literal(0, "int64")
    moment = seconds_of(table, str(schema.time))
    return ((moment - times.start) / times.seconds).floor().cast("int64")


def _by_block(
    blocks: Any, codes: "np.ndarray[Any, np.dtype[np.int64]]", rows: Any, width: int
) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Counts (blocks, width) in time order; rows without a time are the last block."""
    moments = blocks.to_numpy(dtype="float64", na_value=math.inf)
    known, places = np.unique(moments, return_inverse=True)
    flat = np.bincount(places * width + codes, rows, len(known) * width)
    return flat.reshape(len(known), width).astype(np.int64)
