"""The current rows that are most unlike the reference."""

import pandas as pd
import pytest

from console.views.drift.unlike_rows import find_most_unlike
from tests.evaluation.messages.test_pictures import feature

FEATURES = [feature("brightness"), feature("contrast"), feature("missing")]
# the reference has a mean of 5 and a standard deviation of 2
ROWS = pd.DataFrame(
    {
        "prediction_id": ["a", "b", "c"],
        "label": ["cat", "dog", "cat"],
        "brightness": [5.0, 1.0, 1e9],
        "contrast": [5.0, 5.0, float("nan")],
    }
)


def test_rows_are_ranked_by_their_distance_with_the_feature_that_deviates_most() -> None:
    first, second, third = find_most_unlike(ROWS, FEATURES, "label", 3)
    assert (first.prediction_id, first.feature, first.deviation) == ("c", "brightness", 6.0)
    assert (second.prediction_id, second.prediction, second.deviation) == ("b", "dog", -2.0)
    assert second.distance == pytest.approx(2.0 / 2**0.5)
    assert (third.prediction_id, third.distance) == ("a", 0.0)


def test_rows_that_are_not_of_the_log_have_no_pictures() -> None:
    assert find_most_unlike(ROWS.drop(columns="prediction_id"), FEATURES, "label", 3) == []
    assert find_most_unlike(ROWS, [feature("missing")], "label", 3) == []
    assert find_most_unlike(ROWS[:0], FEATURES, "label", 3) == []
