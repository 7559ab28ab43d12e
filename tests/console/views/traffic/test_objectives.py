"""Burn rates and error budgets."""

import math

import pytest

from console.views.traffic import objectives


def test_a_burn_rate_of_one_spends_the_budget_exactly() -> None:
    assert objectives.compute_burn("1h", 0.001, 1000, 0.999).rate == pytest.approx(1)
    assert objectives.compute_budget_left(0.001, 0.999) == pytest.approx(0)
    assert objectives.compute_budget_left(0.0, 0.999) == 1
    assert objectives.compute_budget_left(0.004, 0.999) == pytest.approx(-3)


def test_a_burn_rate_is_too_fast_above_the_limit_of_its_window_but_not_without_requests() -> None:
    assert objectives.compute_burn("5m", 0.02, 100, 0.999).too_fast
    assert not objectives.compute_burn("5m", 0.01, 100, 0.999).too_fast
    assert objectives.compute_burn("3d", 0.0011, 100, 0.999).too_fast
    assert not objectives.compute_burn("5m", math.nan, 0, 0.999).too_fast
