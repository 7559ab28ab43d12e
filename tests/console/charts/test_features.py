"""Scores against their null bands, in one unit."""

import msgspec
import pytest

from console.charts.features import FURTHEST, scores_against_chance
from console.components import features
from evaluation.result import Distribution, FeatureDrift, Sides


def feature(name: str, score: float | None, drifted: bool) -> FeatureDrift:
    return FeatureDrift(
        name=name, kind="numerical", role="feature", score=score, method="ks", threshold=0.2,
        drifted=drifted, missing=Sides(0, 0), distribution=Distribution(reference=[], current=[]),
        null_band=(0.05, 0.15),
    )  # fmt: skip


def test_scores_and_bands_are_drawn_in_times_of_the_threshold() -> None:
    drawn = scores_against_chance([feature("a", 0.3, True), feature("b", 0.1, False)])
    bands, drifting, calm = drawn.data
    assert list(bands.base) == pytest.approx([0.25, 0.25])
    assert list(bands.x) == pytest.approx([0.5, 0.5])
    assert list(drifting.x) == pytest.approx([1.5])
    assert list(calm.x) == pytest.approx([0.5])


def test_a_far_score_is_drawn_at_the_edge_with_its_own_number() -> None:
    (_, far) = scores_against_chance([feature("a", 9.0, True)]).data
    assert list(far.x) == [FURTHEST]
    assert far.customdata[0][0] == "9"


def test_a_feature_without_a_score_is_left_out() -> None:
    assert not scores_against_chance([feature("a", None, False)]).data[0].y


def test_a_feature_of_the_calendar_says_that_it_is_not_counted() -> None:
    drifts = feature("mnth", 0.3, True)
    assert features.format_verdict(drifts) == "drift"
    assert (
        features.format_verdict(msgspec.structs.replace(drifts, role="calendar"))
        == "drift, not counted"
    )
    assert (
        features.format_verdict(msgspec.structs.replace(feature("hr", 0.1, False), role="calendar"))
        == "no drift"
    )


def test_an_effect_is_read_in_the_unit_of_a_person() -> None:
    moved = feature("temp", 0.3, True)
    own = msgspec.structs.replace(
        moved, effect=0.165, effect_unit="units of the feature", effect_size=1.86
    )
    assert features.format_effect(own) == "0.165 (1.86 std)"
    rows = msgspec.structs.replace(
        moved, kind="categorical", effect=0.0538, effect_unit="share of rows"
    )
    assert features.format_effect(rows) == "5.4 % of rows"
