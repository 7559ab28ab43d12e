"""The difference of two ROC AUCs on the same rows."""

import numpy as np
import pytest

from evaluation.arrays import Floats
from evaluation.quality.roc_difference import auc_difference


def sample(seed: int, n: int = 300, gain: float = 0.0) -> tuple[Floats, Floats, Floats]:
    """Labels and two correlated scores; the second knows `gain` more of the label."""
    random = np.random.default_rng(seed)
    truth = (random.random(n) < 0.3).astype("float64")
    shared = random.normal(size=n)
    first = truth + shared + 0.6 * random.normal(size=n)
    second = (1 + gain) * truth + shared + 0.6 * random.normal(size=n)
    return truth, first, second


def test_the_areas_equal_scikit_learn_also_with_ties() -> None:
    from sklearn.metrics import roc_auc_score

    truth, first, second = sample(1)
    first = np.round(first)
    result = auc_difference(truth, first, second)
    assert result.first == pytest.approx(roc_auc_score(truth, first))
    assert result.second == pytest.approx(roc_auc_score(truth, second))
    assert result.difference == pytest.approx(result.second - result.first)


def test_the_interval_covers_zero_for_about_95_of_100_pairs_of_equal_models() -> None:
    held = sum(
        result.lower <= 0 <= result.upper
        for result in (auc_difference(*sample(seed)) for seed in range(1000))
    )
    # 950 plus and minus four standard deviations of a binomial
    assert 922 <= held <= 978


def test_the_width_of_the_interval_equals_the_bootstrap() -> None:
    truth, first, second = sample(3, n=500, gain=0.5)
    result = auc_difference(truth, first, second)
    random = np.random.default_rng(0)
    drawn = []
    for _ in range(600):
        rows = random.integers(0, len(truth), len(truth))
        drawn.append(auc_difference(truth[rows], first[rows], second[rows]).difference)
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert result.upper - result.lower == pytest.approx(high - low, rel=0.15)


def test_equal_scores_have_no_difference_and_no_division_by_zero() -> None:
    truth, first, _ = sample(4)
    result = auc_difference(truth, first, first)
    assert (result.difference, result.lower, result.upper, result.p_value) == (0, 0, 0, 1)


def test_a_clearly_better_score_has_an_interval_above_zero() -> None:
    result = auc_difference(*sample(5, n=1000, gain=1.0))
    assert 0 < result.lower < result.difference < result.upper
    assert result.p_value < 0.001


def test_a_single_class_is_rejected() -> None:
    with pytest.raises(ValueError, match="there are 0 and 5"):
        auc_difference(np.zeros(5), np.arange(5.0), np.arange(5.0))
