"""Corrections of p-values against published and hand-computed values."""

import pytest

from evaluation.drift.multiple_testing import adjust_p_values, rejection_levels
from evaluation.inputs.schema import Correction

# Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289, section 3.2
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
    0.6528, 0.7590, 1.0000,
]  # fmt: skip


@pytest.mark.parametrize(("correction", "rejected"), [("bh", 4), ("holm", 3)])
def test_the_published_example_rejects_as_many_tests_as_in_the_paper(
    correction: Correction, rejected: int
) -> None:
    adjusted = adjust_p_values(PUBLISHED, correction)
    levels = rejection_levels(PUBLISHED, 0.05, correction)

    assert [p < 0.05 for p in adjusted] == [rank < rejected for rank in range(15)]
    assert [p < level for p, level in zip(PUBLISHED, levels, strict=True)] == [
        rank < rejected for rank in range(15)
    ]


def test_benjamini_hochberg_p_values_equal_those_computed_by_hand() -> None:
    # in ascending order 0.01 * 4 / 1, 0.02 * 4 / 2, 0.03 * 4 / 3, 0.5 * 4 / 4, then the running
    # minimum from the largest down
    assert adjust_p_values([0.5, 0.03, 0.01, 0.02], "bh") == pytest.approx([0.5, 0.04, 0.04, 0.04])


def test_holm_p_values_equal_those_computed_by_hand() -> None:
    # in ascending order 0.01 * 4, 0.02 * 3, 0.03 * 2, 0.5 * 1, then the running maximum
    assert adjust_p_values([0.5, 0.03, 0.01, 0.02], "holm") == pytest.approx(
        [0.5, 0.06, 0.04, 0.06]
    )


@pytest.mark.parametrize("correction", ["bh", "holm"])
def test_no_p_values_give_no_corrected_p_values(correction: Correction) -> None:
    assert adjust_p_values([], correction) == []
    assert rejection_levels([], 0.05, correction) == []
