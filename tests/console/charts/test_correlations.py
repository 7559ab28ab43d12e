"""The matrix of changed correlations."""

import pytest

from console.charts import adapt_to_dark
from console.charts.correlations import matrix
from evaluation.result import Correlations, Sides

CORRELATIONS = Correlations(
    columns=["temp", "hum", "flat"], reference=[0.8, None, None], current=[0.1, None, None],
    p_value=[0.002, None, None], rows=Sides(688, 165), alpha=0.05, minimum_change=0.1,
)  # fmt: skip


def test_the_matrix_marks_changes_and_leaves_constant_columns_empty() -> None:
    drawn = matrix(CORRELATIONS).data[0]
    assert list(drawn.x) == ["temp", "hum"]
    assert list(drawn.y) == ["hum", "flat"]
    assert drawn.z[0][0] == pytest.approx(-0.7)
    assert drawn.text[0][0] == "◆"
    assert adapt_to_dark(matrix(CORRELATIONS)).data[0].textfont.color != drawn.textfont.color
    assert bool((drawn.z[1] != drawn.z[1]).all())
