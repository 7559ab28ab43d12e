"""Which segments of the data carry most of the error. Pure."""

from dataclasses import dataclass

from evaluation.result import Residuals

LEAST_ROWS = 5


@dataclass(frozen=True)
class Segment:
    """Rows in which a column has a value; errors in the target's units."""

    column: str
    value: str
    rows: int
    bias: float
    mae: float
    # times the mean absolute error of all rows
    times: float
    # of the error of all rows, what it has beyond its fair part: 0.1 is a tenth of all error
    excess: float


def worst(residuals: Residuals, most: int = 12) -> list[Segment]:
    """Segments ranked by the error that they have beyond what rows have on average.

    A small segment with a huge error and a large one with a small excess can be held against each
    other so: it is what would be won if the segment were as good as the rest.
    """
    found = []
    for column, groups in residuals.by.items():
        rows = sum(group.rows for group in groups)
        total = sum(group.rows * group.mae for group in groups)
        if not rows or not total:
            continue
        overall = total / rows
        for group in groups:
            if group.rows < LEAST_ROWS or group.rows == rows:
                continue
            excess = group.rows * (group.mae - overall) / total
            times = group.mae / overall
            found.append(
                Segment(column, group.value, group.rows, group.mean, group.mae, times, excess)
            )
    return sorted((item for item in found if item.excess > 0), key=lambda item: -item.excess)[:most]
