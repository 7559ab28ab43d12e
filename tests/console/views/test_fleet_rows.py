"""Values of the fleet table by model."""

import math

import numpy as np
import pytest

from console.series import Series
from console.views.overview.fleet_rows import index_by_label


def series(model: str, value: float) -> Series:
    return Series({"model": model}, np.array([0.0]), np.array([value]))


@pytest.mark.parametrize(
    ("replicas", "expected"),
    [([1.0, 2.0], 2.0), ([2.0, 1.0], 2.0), ([math.nan, 1.0], 1.0), ([1.0, math.nan], 1.0)],
)
def test_replicas_of_a_model_show_their_maximum(replicas: list[float], expected: float) -> None:
    values = index_by_label([series("a", value) for value in replicas], "model")
    assert values == {"a": expected}


def test_a_model_whose_values_are_all_missing_is_nan() -> None:
    values = index_by_label([series("a", math.nan), series("b", 3.0)], "model")
    assert math.isnan(values["a"])
    assert values["b"] == 3.0
