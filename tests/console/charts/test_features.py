"""Scores against their null bands, in one unit."""

import pytest

from console.charts.features import FURTHEST, scores_against_chance
from evaluation.result import Distribution, FeatureDrift, Sides


def feature(name: str, score: float | None, drifted: bool) -> FeatureDrift:
    return FeatureDrift(
        name=name, kind="numerical", role="feature", score=score, method="ks", threshold=0.2,
        drifted=drifted, missing=Sides(0, 0), distribution=Distribution(reference=[], current=[]),
        null_band=(0.05, 0.15),
    )  # fmt: skip


def test_scores_and_null_distributions_are_divided_by_the_threshold() -> None:
    drawn = scores_against_chance([feature("a", 0.3, True), feature("b", 0.1, False)])
    bands, drifting, calm = drawn.data
    assert list(bands.base) == pytest.approx([0.25, 0.25])
    assert list(bands.x) == pytest.approx([0.5, 0.5])
    assert list(drifting.x) == pytest.approx([1.5])
    assert list(calm.x) == pytest.approx([0.5])


def test_an_outlier_is_drawn_at_the_edge_with_its_value() -> None:
    (_, far) = scores_against_chance([feature("a", 9.0, True)]).data
    assert list(far.x) == [FURTHEST]
    assert far.customdata[0][0] == "9"


def test_a_feature_without_a_score_is_left_out() -> None:
    assert not scores_against_chance([feature("a", None, False)]).data[0].y
