"""Counts of the labels of a column."""

from typing import Any

import numpy as np

from evaluation.drift.column_summary import OTHER, Labels, Numbers
from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import Table, text_of
from evaluation.large_tables.time_blocks import Times, block_number, count_by_block

MAX_LABELS, MAX_LABELS_IN_TIME = 10_000, 200


def overflows(summary: Numbers | Labels, times: Times | None) -> bool:
    """Return whether the column has more labels than are counted one by one."""
    return isinstance(summary, Labels) and len(summary.counts) > _most_labels(times)


def count_shared_labels(
    tables: tuple[Table, Table],
    column: str,
    times: tuple[Times | None, Times | None],
    schema: Schema,
) -> tuple[Labels, Labels]:
    """Count in both tables the labels that are the most frequent in both together.

    The most frequent labels of each table alone differ by chance, which would look like drift.
    """
    most = min(_most_labels(side) for side in times)
    values = [table.select(raw=table[column]) for table in tables]
    counts = [raw.group_by("raw").aggregate(n=raw.count()) for raw in values]
    first, second = (side.select(label=text_of(side, "raw"), n=side.n) for side in counts)
    union = first.union(second)
    pool = union.filter(union.label.notnull()).group_by("label").aggregate(n=union.n.sum())
    frequent = pool.order_by([pool.n.desc(), pool.label]).limit(most).execute()["label"]
    labels = [str(label) for label in frequent]
    return (
        count_labels(tables[0], column, times[0], schema, only=labels),
        count_labels(tables[1], column, times[1], schema, only=labels),
    )


def count_labels(
    table: Table, column: str, times: Times | None, schema: Schema, only: list[str] | None = None
) -> Labels:
    """Count each label; past 10,000 (200 with blocks of time) the rarest share "(other)".

    With `only` these labels are counted, and all others share "(other)".
    """
    raw = table.select(raw=table[column], block=block_number(table, schema, times))
    # convert the few distinct values to text, not every row
    keys = ["raw"] if times is None else ["block", "raw"]
    values = raw.group_by(keys).aggregate(n=raw.count())
    values = values.select(*values.columns, label=text_of(values, "raw"))
    counts, missing = _count(values, _most_labels(times), only)
    if times is None:
        return Labels(counts, missing)
    return Labels(counts, missing, _count_in_blocks(values, list(counts)))


def _most_labels(times: Times | None) -> int:
    return MAX_LABELS if times is None else MAX_LABELS_IN_TIME


def _count(values: Table, most: int, only: list[str] | None) -> tuple[dict[str, int], int]:
    """Return the rows of each label, "(other)" last, and the missing values."""
    query = values.group_by("label").aggregate(rows=values.n.sum())
    chosen = query if only is None else query.filter(query.label.isnull() | query.label.isin(only))
    ranked = chosen.order_by([chosen.label.isnull().desc(), chosen.rows.desc(), chosen.label])
    top = ranked.limit(most + 2).execute()
    missing = int(top["rows"][top["label"].isna()].sum())
    top = top[top["label"].notna()]
    counts = {str(name): int(rows) for name, rows in zip(top["label"], top["rows"], strict=True)}
    if only is not None or len(counts) > most:
        counts = dict(list(counts.items())[:most])
        present = query.filter(query.label.notnull()).rows.sum().execute()
        # the sum of no rows is None or NaN
        total = 0 if present is None or present != present else int(present)
        others = total - sum(counts.values())
        if others:
            counts[OTHER] = counts.get(OTHER, 0) + others
    return counts, missing


def _count_in_blocks(values: Table, labels: list[str]) -> Any:
    """Count (blocks, labels + 1) in time order, missing values last."""
    if OTHER in labels:
        label = values.label.isnull().ifelse(
            None, values.label.isin(labels).ifelse(values.label, OTHER)
        )
        values = values.mutate(label=label)
    grouped = values.group_by(["block", "label"]).aggregate(rows=values.n.sum()).execute()
    code_of = {label: code for code, label in enumerate(labels)}
    codes = [code_of.get(label, len(labels)) for label in grouped["label"]]
    rows = grouped["rows"].to_numpy(dtype="int64")
    return count_by_block(grouped["block"], np.array(codes, dtype=np.int64), rows, len(labels) + 1)
