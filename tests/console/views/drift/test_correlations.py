"""The changes in correlation, described."""

from console.views.drift import correlations
from evaluation.result import (
    Correlations,
    Sides,
)

FOUND = Correlations(
    columns=["temp", "hum", "flat"], reference=[0.8, None, None], current=[0.1, None, None],
    p_value=[0.002, None, None], rows=Sides(688, 165), alpha=0.05, minimum_change=0.1,
)  # fmt: skip


def test_a_changed_pair_is_named_with_both_correlations() -> None:
    assert correlations.describe_changes(FOUND.pairs()) == (
        "1 of 1 pairs changed: **temp** and **hum** from 0.8 to 0.1."
    )


def test_a_change_by_chance_is_not_significant() -> None:
    calm = [pair for pair in FOUND.pairs() if not pair.moved]
    assert calm == []
    chance = Correlations(
        columns=["a", "b"], reference=[0.1], current=[0.4], p_value=[0.4], rows=Sides(50, 50),
        alpha=0.05, minimum_change=0.1,
    )  # fmt: skip
    assert correlations.describe_changes(chance.pairs()) == (
        "None of 1 pairs changed significantly."
    )
