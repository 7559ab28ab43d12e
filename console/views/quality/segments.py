"""Finds the segments of the data with most of the error. Pure."""

from dataclasses import dataclass

from evaluation.result import Residuals

MIN_ROWS = 5


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
    # the share of the total error above what the segment would have at the mean error
    excess: float


def find_worst(residuals: Residuals, most: int = 12) -> list[Segment]:
    """Return the segments with the largest excess error, largest first.

    The excess makes a small segment with a large error comparable with a large segment with a
    small one: it is what would be saved if the segment had the mean error.
    """
    segments = []
    for column, groups in residuals.by.items():
        rows = sum(group.rows for group in groups)
        total = sum(group.rows * group.mae for group in groups)
        if not rows or not total:
            continue
        mean_error = total / rows
        for group in groups:
            if group.rows < MIN_ROWS or group.rows == rows:
                continue
            excess = group.rows * (group.mae - mean_error) / total
            times = group.mae / mean_error
            segments.append(
                Segment(column, group.value, group.rows, group.mean, group.mae, times, excess)
            )
    positive = [segment for segment in segments if segment.excess > 0]
    return sorted(positive, key=lambda segment: -segment.excess)[:most]
