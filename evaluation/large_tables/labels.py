"""Counts of the labels of a column."""

import numpy as np

from evaluation.drift.column_summary import OTHER, Labels, Numbers
from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import Table, text_of
from evaluation.large_tables.time_blocks import Times, block_of, count_by_block

MOST_LABELS, MOST_LABELS_IN_TIME = 10_000, 200


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
        count_labels(table, column, own, schema, kept=names)
        for table, own in zip(tables, times, strict=True)
    ]
    return found[0], found[1]


def count_labels(
    table: Table, column: str, times: Times | None, schema: Schema, kept: list[str] | None = None
) -> Labels:
    """Counts a label; past 10,000 (200 with blocks of time) the rarest are one, "(other)".

    With `kept` those are counted, and all others are one.
    """
    raw = table.select(raw=table[column], block=block_of(table, schema, times))
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
    blocks = count_by_block(grouped["block"], np.array(codes, dtype=np.int64), rows, len(known) + 1)
    return Labels(counts, missing, blocks)
