"""A feature over several evaluations."""

import pytest

from console.charts.over_evaluations import FeatureAt, quantile_boxes, strips
from evaluation.result import (
    Distribution,
    FeatureDrift,
    Sides,
    Statistics,
    StatisticsOfBoth,
)


def statistics(middle: float) -> Statistics:
    return Statistics(
        mean=middle, std=1.0, min=0.0, q05=0.1, q25=0.2, q50=middle, q75=0.8, q95=0.9, max=1.0
    )


def feature(name: str, middle: float = 0.5, score: float = 0.2) -> FeatureDrift:
    return FeatureDrift(
        name=name, kind="numerical", role="feature", score=score, method="ks", threshold=0.4,
        drifted=score > 0.4, missing=Sides(0, 0),
        distribution=Distribution(reference=[1], current=[1], edges=[0.0, 1.0]),
        statistics=StatisticsOfBoth(statistics(0.4), statistics(middle)),
    )  # fmt: skip


def categorical(share: int) -> FeatureDrift:
    return FeatureDrift(
        name="season", kind="categorical", role="feature", score=0.1, method="chi", threshold=0.4,
        drifted=False, missing=Sides(0, 0),
        distribution=Distribution(
            reference=[5, 5], current=[share, 10 - share], categories=["1", "2"]
        ),
    )  # fmt: skip


SAME_SECOND = "12:07:30<br>week"


def test_two_evaluations_of_the_same_second_are_two_boxes_with_the_same_label() -> None:
    drawn = quantile_boxes(
        [
            FeatureAt("a", SAME_SECOND, feature("temp", 0.3)),
            FeatureAt("b", SAME_SECOND, feature("temp", 0.7)),
        ]
    )
    assert [list(box.x) for box in drawn.data] == [["reference"], ["a"], ["b"]]
    assert [box.median[0] for box in drawn.data] == [0.4, 0.3, 0.7]
    assert list(drawn.layout.xaxis.ticktext) == ["reference", "12:07:30", "12:07:30"]
    assert drawn.data[1].name == "12:07:30 week"


def test_two_evaluations_of_the_same_second_have_separate_bars() -> None:
    drawn = quantile_boxes(
        [FeatureAt("a", SAME_SECOND, categorical(2)), FeatureAt("b", SAME_SECOND, categorical(9))]
    )
    assert list(drawn.data[0].x) == ["reference", "a", "b"]
    assert list(drawn.data[0].y) == [50.0, 20.0, 90.0]


def test_a_strip_marks_drift_and_evaluations_without_the_feature() -> None:
    calm, drifting = feature("temp", score=0.2), feature("temp", score=4.0)
    fresh = feature("new", score=0.1)
    drawn = strips(
        [
            [FeatureAt("a", "first", calm), FeatureAt("b", "second", drifting)],
            [FeatureAt("b", "second", fresh)],
        ]
    )
    strip = drawn.data[0]
    assert strip.z.tolist()[0] == pytest.approx([0.5, 3.0])
    assert strip.text.tolist() == [["", "◆"], ["", ""]]
    assert strip.customdata[1][0] == "not evaluated"
    assert strip.customdata[0][1] == "second<br>drift: score 4, threshold 0.4"
