"""What a comparison of two evaluations says changed."""

from typing import Any

import pytest

from evaluation.compare import compare
from evaluation.result import (
    Distribution,
    FeatureDrift,
    Quality,
    Rows,
    Sides,
    Statistics,
    StatisticsOfBoth,
)
from tests.evaluation.evaluations import made


def feature(name: str, score: float | None, mean: float = 0.0, **fields: Any) -> FeatureDrift:
    def of(value: float) -> Statistics:
        empty = dict.fromkeys(Statistics.__struct_fields__)
        return Statistics(**{**empty, "mean": value, "std": 2.0})

    start: dict[str, Any] = {
        "name": name,
        "kind": "numerical",
        "role": "feature",
        "score": score,
        "method": "ks",
        "threshold": 0.1,
        "drifted": None if score is None else score > 0.1,
        "missing": Sides(0, 0),
        "distribution": Distribution(reference=[1], current=[1]),
        "statistics": StatisticsOfBoth(of(0.0), of(mean)),
    }
    return FeatureDrift(**(start | fields))


def test_features_are_compared_by_score_and_by_the_shift_of_the_mean() -> None:
    first = made(features=[feature("temp", 0.05, 1.0), feature("gone", 0.2)])
    second = made(
        features=[feature("temp", 0.3, 4.0, new_categories=["9"]), feature("new", 0.4)],
        drifted_features=["temp"],
        verdict="drift",
        drift_share=0.5,
    )
    found = compare(first, second)
    assert [each.name for each in found.features] == ["temp", "gone", "new"]
    temp, gone, new = found.features
    assert temp.score == (0.05, 0.3)
    assert temp.score_change == pytest.approx(0.25)
    assert temp.drifted == (False, True)
    assert temp.mean_shift == pytest.approx(1.5)
    assert temp.new_categories == ["9"]
    assert (gone.score, gone.score_change, gone.mean_shift) == ((0.2, None), None, None)
    assert new.missing == (None, 0)
    assert (found.newly_drifted, found.no_longer_drifted) == (["temp"], [])
    assert found.verdict_changed
    assert not found.decision_changed
    assert found.drift_share_change == pytest.approx(0.4)


def test_a_score_knows_whether_higher_is_better() -> None:
    first = made(quality=Quality(rmse=20.0, r2=0.8, mae=10.0, accuracy=None, mape=0.0))
    second = made(quality=Quality(rmse=30.0, r2=0.9, mae=10.0, log_loss=0.3, mape=1.0))
    scores = {score.name: score for score in compare(first, second).scores}
    assert set(scores) == {"rmse", "r2", "mae", "log_loss", "mape"}
    assert (scores["rmse"].change, scores["rmse"].ratio, scores["rmse"].better) == (10, 1.5, False)
    assert scores["r2"].better is True
    assert (scores["mae"].change, scores["mae"].better) == (0.0, None)
    assert (scores["log_loss"].change, scores["log_loss"].better) == (None, None)
    assert scores["mape"].ratio is None
    assert compare(first, made()).scores[0].second is None


def test_differences_that_limit_a_comparison_are_noted() -> None:
    first = made(
        model_version="1",
        reference_source="training data",
        quality=Quality(rmse=1.0),
        rows=Rows(reference=10, current=20, with_target=20),
        features=[feature("temp", 0.1)],
    )
    assert compare(first, first).notes == []
    second = made(
        model_version="2",
        reference_source="window june_2011",
        synthetic=True,
        quality=Quality(rmse=1.0),
        rows=Rows(reference=10, current=20, with_target=5),
        features=[feature("temp", 0.1, method="psi")],
    )
    found = compare(first, second)
    assert len(found.notes) == 5
    for words in ("versions: 1 and 2", "training data and window june_2011", "methods", "5 of 20"):
        assert any(words in note for note in found.notes), words
    assert [part.code for part in found.note_parts] == [
        "compare.models", "compare.references", "compare.methods", "compare.partial_scores",
        "compare.synthetic",
    ]  # fmt: skip
    assert found.features[0].score_change is None
    assert "no scores" in compare(first, made(reference_source="training data")).notes[-1]
