"""A feature from one evaluation to the next, and the correlations of one evaluation."""

import pytest

from console.adapters.model_service import EvaluationStatus
from console.charts import adapt_to_dark
from console.charts.correlations import matrix
from console.charts.over_evaluations import FeatureAt, quantile_boxes, strips
from console.charts.scores import ScorePoint, scores
from console.components import evaluation
from evaluation.result import (
    Correlations,
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


def test_a_single_evaluation_stands_on_an_axis_of_minutes() -> None:
    only = ScorePoint(1_700_000_000.5, 0.8, "week", published=True)
    drawn = scores([only], "", zone="UTC", threshold=None, good_is_low=False)
    first, last = drawn.layout.xaxis.range
    assert (last - first).total_seconds() == 120
    apart = ScorePoint(1_700_003_600.5, 0.8, "week", published=True)
    drawn = scores([only, apart], "", zone="UTC", threshold=None, good_is_low=False)
    assert drawn.layout.xaxis.range is None


def test_a_synthetic_evaluation_is_no_step_of_the_published_line() -> None:
    found = [
        ScorePoint(1e9, 18.0, "week 1", published=True),
        ScorePoint(1e9 + 100, 173.0, "a test", published=True, synthetic=True),
        ScorePoint(1e9 + 200, 20.0, "week 2", published=True),
    ]
    drawn = scores(found, "", zone="UTC", threshold=None, good_is_low=True)
    assert {trace.name: list(trace.y) for trace in drawn.data} == {
        "published": [18.0, 20.0], "synthetic": [173.0],
    }  # fmt: skip


def test_a_page_opens_with_what_is_real_though_a_test_is_newer() -> None:
    test = EvaluationStatus(evaluation_id="test", state="succeeded", published=True, synthetic=True)
    failed = EvaluationStatus(evaluation_id="failed", state="failed", published=True)
    tried = EvaluationStatus(evaluation_id="tried", state="succeeded")
    real = EvaluationStatus(evaluation_id="real", state="succeeded", published=True)
    assert evaluation.default_evaluation_id([test, failed, tried, real]) == "real"
    assert evaluation.default_evaluation_id([test, failed, tried]) == "tried"
    assert evaluation.default_evaluation_id([test]) == "test"
    assert evaluation.default_evaluation_id([failed]) is None


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


def test_two_evaluations_of_the_same_second_have_a_bar_each() -> None:
    drawn = quantile_boxes(
        [FeatureAt("a", SAME_SECOND, categorical(2)), FeatureAt("b", SAME_SECOND, categorical(9))]
    )
    assert list(drawn.data[0].x) == ["reference", "a", "b"]
    assert list(drawn.data[0].y) == [50.0, 20.0, 90.0]


def test_a_strip_says_in_which_evaluation_a_feature_drifts_and_where_it_was_not_there() -> None:
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


FOUND = Correlations(
    columns=["temp", "hum", "flat"], reference=[0.8, None, None], current=[0.1, None, None],
    p_value=[0.002, None, None], rows=Sides(688, 165), alpha=0.05, minimum_change=0.1,
)  # fmt: skip


def test_the_matrix_marks_what_moved_and_leaves_empty_what_does_not_vary() -> None:
    drawn = matrix(FOUND).data[0]
    assert list(drawn.x) == ["temp", "hum"]
    assert list(drawn.y) == ["hum", "flat"]
    assert drawn.z[0][0] == pytest.approx(-0.7)
    assert drawn.text[0][0] == "◆"
    assert adapt_to_dark(matrix(FOUND)).data[0].textfont.color != drawn.textfont.color
    assert bool((drawn.z[1] != drawn.z[1]).all())
