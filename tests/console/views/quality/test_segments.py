"""The segments with most of the error."""

import pytest

from console.views.quality import segments
from evaluation.result import Grid, Group, Residuals


def test_the_worst_segment_has_the_largest_excess_error() -> None:
    groups = {
        "hr": [Group("8", 10, -5.0, 20.0), Group("9", 90, 0.0, 5.0)],
        "rare": [Group("x", 2, 90.0, 90.0), Group("y", 98, 0.0, 4.8)],
    }
    found = segments.find_worst(Residuals(0, 1, [0, 1], [1], groups, Grid([0, 1], [[1]])))
    assert (found[0].column, found[0].value) == ("hr", "8")
    assert found[0].times == pytest.approx(20 / 6.5)
    assert found[0].excess == pytest.approx(10 * (20 - 6.5) / 650)
    assert all(item.rows >= segments.MIN_ROWS for item in found)
