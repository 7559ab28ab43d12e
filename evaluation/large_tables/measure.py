"""Columns measured from the profiles of two tables, with warnings about their values."""

from collections.abc import Mapping

from evaluation.drift.column_summary import Labels, Numbers
from evaluation.drift.measure import MeasuredColumn, measure_summaries
from evaluation.inputs import warnings as column_warnings
from evaluation.inputs.schema import Schema
from evaluation.large_tables.profile import Profile
from evaluation.result import Message, message

FEWEST_BLOCKS = 5


def measure_columns(
    reference: Profile,
    current: Profile,
    schema: Schema,
    importance: Mapping[str, float],
    in_blocks: bool,
    warnings: list[Message],
) -> tuple[list[MeasuredColumn], dict[str, list[str]]]:
    """Measure the columns that both tables have; return them and the new categories."""
    columns, new_categories = [], {}
    for name in schema.compared_columns:
        first, second = reference.columns.get(name), current.columns.get(name)
        if first is None or second is None:
            continue
        _warn_of_values(name, first, second, warnings)
        role = schema.role(name)
        if role in ("target", "prediction") and second.missing == second.rows:
            continue
        if isinstance(first, Labels) and isinstance(second, Labels):
            unseen = sorted(set(second.counts) - set(first.counts))
            if unseen:
                new_categories[name] = unseen
                rows = sum(second.counts[label] for label in unseen)
                warnings.append(column_warnings.new_categories(name, unseen, rows))
        column = measure_summaries(name, first, second, in_blocks=in_blocks)
        columns.append(column.with_role(role, importance.get(name)))
    return columns, new_categories


def has_enough_blocks(
    reference: Profile, current: Profile, schema: Schema, warnings: list[Message]
) -> bool:
    """Return whether both sides have enough blocks of time to resample."""
    if reference.times is None or current.times is None:
        return False
    counts = []
    for side in (reference, current):
        blocks = next(iter(side.columns.values())).blocks
        counts.append(0 if blocks is None else int((blocks.sum(axis=1) > 0).sum()))
    if min(counts) >= FEWEST_BLOCKS:
        return True
    units = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
    unit, seconds = next(
        ((name, size) for name, size in units if current.times.seconds >= size), units[-1]
    )
    warnings.append(
        message(
            "data.few_time_blocks",
            column=schema.time,
            current=counts[1],
            reference=counts[0],
            size=float(f"{current.times.seconds / seconds:.3g}"),
            unit=unit,
        )
    )
    return False


def _warn_of_values(
    column: str, first: Numbers | Labels, second: Numbers | Labels, warnings: list[Message]
) -> None:
    """Warn of missing values and of a column with a single value."""
    for side, summary in (("reference", first), ("current", second)):
        warnings += column_warnings.missing(column, summary.missing, summary.rows, side)
    if second.missing == second.rows:
        warnings.append(message("data.empty", column=column))
    values = [_single_value(summary) for summary in (first, second)]
    if None not in values:
        warnings.append(column_warnings.constant(column, *values))


def _single_value(summary: Numbers | Labels) -> str | None:
    """Return the value of a column that has only one."""
    if isinstance(summary, Labels):
        return next(iter(summary.counts)) if len(summary.counts) == 1 else None
    is_constant = summary.low is not None and summary.low == summary.high
    return f"{summary.low:g}" if is_constant else None
