"""Percentiles, medians of rounds and tables: the arithmetic of the benchmarks. Pure."""

import math
from collections.abc import Mapping, Sequence
from statistics import median


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed; NaN of none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def medians(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The median of each number over the rounds, which all have the same names."""
    return {name: median(one[name] for one in rounds) for name in rounds[0]}


def table(rows: Sequence[Sequence[object]], head: Sequence[str]) -> str:
    """Columns as wide as they need, numbers to the right."""
    text = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(head), *text]) for i in range(len(head))]
    numeric = [all(isinstance(row[i], int | float) for row in rows) for i in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        ).rstrip()

    return "\n".join([line(list(head)), line(["-" * w for w in widths]), *map(line, text)])


def _cell(value: object) -> str:
    return (
        f"{value:,.3g}"
        if isinstance(value, float) and abs(value) < 1000
        else (f"{value:,.0f}" if isinstance(value, float) else str(value))
    )
