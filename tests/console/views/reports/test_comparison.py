"""The comparison of two evaluations as sentences and rows."""

from console.views.reports import comparison
from evaluation.result import Comparison, FeatureChange, ScoreChange, Side


def side(verdict: str, rows: int) -> Side:
    return Side(
        evaluation_id="a", name="n", created_at="2026-01-01T00:00:00+00:00", source="log",
        reference="training data", model_version="1", rows=rows, with_target=rows,
        verdict=verdict, decision="WATCH", drift_share=0.0,  # type: ignore[arg-type]
    )  # fmt: skip


def feature(name: str, shift: float | None, drifted: tuple[bool, bool]) -> FeatureChange:
    return FeatureChange(
        name=name, role="feature", importance=None, method=("ks", "ks"), score=(0.1, 0.2),
        threshold=(None, None), drifted=drifted, missing=(0, 3), score_change=0.1,
        mean_shift=shift, new_categories=[],
    )  # fmt: skip


FOUND = Comparison(
    first=side("no drift", 10), second=side("drift", 30), verdict_changed=True,
    decision_changed=True, newly_drifted=["temp"], no_longer_drifted=[], drift_share_change=0.1,
    scores=[
        ScoreChange(name="rmse", first=20.0, second=50.0, change=30.0, ratio=2.5, better=False)
    ],
    features=[
        feature("hum", 0.2, (False, False)), feature("wind", -0.9, (False, False)),
        feature("temp", 0.5, (False, True)),
    ],
    notes=[],
)  # fmt: skip


def test_a_changed_verdict_is_a_sentence() -> None:
    assert comparison.write_sentences(FOUND) == [
        "The verdict changed from **no drift** to **drift**.",
        "Newly drifting: temp.",
    ]


def test_a_score_has_its_change_and_is_marked_as_worse() -> None:
    rows = {row["score"]: row for row in comparison.build_score_rows(FOUND)}
    assert (rows["RMSE"]["change"], rows["RMSE"][""]) == ("+30", "worse")
    assert (rows["Rows"]["change"], rows["Drift share, %"]["change"]) == ("+20", "none")


def test_features_with_a_changed_verdict_come_first_then_the_largest_shift() -> None:
    assert [row["feature"] for row in comparison.build_feature_rows(FOUND)] == [
        "temp",
        "wind",
        "hum",
    ]
