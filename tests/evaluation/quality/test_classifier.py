"""A classifier at every threshold, its calibration and its segments, against scikit-learn's."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from evaluation import Schema, evaluate
from evaluation.large_tables.evaluate import evaluate_tables
from evaluation.quality.classifier import classification


def rows(count: int = 3000) -> pd.DataFrame:
    random = np.random.default_rng(0)
    plan = random.choice(["basic", "pro"], count)
    score = np.clip(random.beta(2, 4, count) + 0.1 * (plan == "basic"), 0, 1)
    left = (random.random(count) < score).astype(int)
    return pd.DataFrame({"plan": plan, "x": score, "probability": score, "left": left})


def test_the_counts_at_a_threshold_equal_scikit_learns_confusion_matrix() -> None:
    frame = rows()
    result = classification(frame, "left", "probability", ())
    assert result is not None
    for place in (0, 1, 30, 50, 99, 100):
        called = frame["probability"] >= result.thresholds[place]
        _, wrong, _, right = metrics.confusion_matrix(frame["left"], called, labels=[0, 1]).ravel()
        assert (result.true_positives[place], result.false_positives[place]) == (right, wrong)
    assert (result.positives, result.negatives) == (frame["left"].sum(), (1 - frame["left"]).sum())


def test_the_area_under_the_curve_of_the_counts_is_the_roc_auc() -> None:
    frame = rows()
    result = classification(frame, "left", "probability", ())
    assert result is not None
    hit = np.array(result.true_positives) / result.positives
    miss = np.array(result.false_positives) / result.negatives
    area = -np.trapezoid(hit, miss)
    theirs = metrics.roc_auc_score(frame["left"], frame["probability"])
    assert area == pytest.approx(theirs, abs=2e-3)
    assert result.brier == pytest.approx(
        metrics.brier_score_loss(frame["left"], frame["probability"])
    )


def test_calibrated_probabilities_are_on_the_diagonal_and_shifted_ones_are_not() -> None:
    frame = rows(20_000)
    result = classification(frame, "left", "probability", ())
    shifted = classification(
        frame.assign(probability=frame["probability"] ** 2), "left", "probability", ()
    )
    assert result is not None and shifted is not None
    assert sum(bin.rows for bin in result.calibration) == 20_000
    assert max(abs(b.rate - b.probability) for b in result.calibration if b.rows > 500) < 0.06
    assert max(abs(b.rate - b.probability) for b in shifted.calibration if b.rows > 500) > 0.15


def test_segments_have_their_own_rates_and_scores() -> None:
    frame = rows()
    result = classification(frame, "left", "probability", ("plan", "gone"))
    assert result is not None
    basic, pro = result.by["plan"]
    assert (basic.value, pro.value) == ("basic", "pro")
    inside = frame[frame["plan"] == "pro"]
    assert pro.rows == len(inside)
    assert pro.rate == pytest.approx(inside["left"].mean())
    assert pro.roc_auc == pytest.approx(
        metrics.roc_auc_score(inside["left"], inside["probability"])
    )
    assert basic.rate > pro.rate


@pytest.mark.parametrize("change", [{"left": 1}, {"probability": 1.5}])
def test_one_class_or_a_score_that_is_not_a_probability_gives_no_classification(
    change: dict[str, float],
) -> None:
    assert classification(rows().assign(**change), "left", "probability", ()) is None


def test_the_document_has_a_classification_only_for_two_classes_with_ground_truth() -> None:
    schema = Schema(
        task="binary", numerical=("x",), categorical=("plan",), target="left",
        prediction="called", probability="probability",
    )  # fmt: skip
    frame = rows().assign(called=lambda evaluation: (evaluation["probability"] >= 0.5).astype(int))
    evaluation = evaluate(frame, frame, schema, evidently=False)
    assert evaluation.classification is not None
    assert evaluation.classification.positives == frame["left"].sum()
    assert set(evaluation.classification.by) == {"plan"}
    assert type(evaluation).decode(evaluation.encode()).classification == evaluation.classification
    blind = evaluate(frame, frame.drop(columns="left"), schema, evidently=False)
    assert blind.classification is None


def classified(count: int, classes: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    truth, said = random.integers(0, classes, (2, count))
    return pd.DataFrame({"x": random.normal(size=count), "left": truth, "said": said})


@pytest.mark.parametrize("counted", ["in memory", "in the table"])
def test_rows_without_the_positive_class_do_not_look_perfect(tmp_path: Path, counted: str) -> None:
    schema = Schema(task="binary", numerical=("x",), target="left", prediction="said")
    reference, current = classified(200, 2, 0), classified(60, 1, 1)
    if counted == "in memory":
        evaluation = evaluate(reference, current, schema, evidently=False)
    else:
        paths = [str(tmp_path / name) for name in ("before.parquet", "after.parquet")]
        for path, frame in zip(paths, (reference, current), strict=True):
            frame.to_parquet(path)
        evaluation = evaluate_tables(paths[0], paths[1], schema)
    assert evaluation.quality is not None
    assert evaluation.quality.accuracy == 1.0
    assert (evaluation.quality.precision, evaluation.quality.recall, evaluation.quality.f1) == (
        None,
        None,
        None,
    )
    assert evaluation.quality_reference is not None
    truth = metrics.recall_score(reference["left"], reference["said"])
    assert evaluation.quality_reference.recall == pytest.approx(truth)


def test_two_of_three_classes_are_still_averaged_over_the_classes() -> None:
    schema = Schema(task="multiclass", numerical=("x",), target="left", prediction="said")
    current = classified(300, 2, 1)
    evaluation = evaluate(classified(300, 3, 0), current, schema, evidently=False)
    assert evaluation.quality is not None
    truth = metrics.precision_score(current["left"], current["said"], average="macro")
    assert evaluation.quality.precision == pytest.approx(truth)
