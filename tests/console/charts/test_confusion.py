"""A classifier at a threshold: the arithmetic of the page, and what its figures draw."""

import numpy as np
import pandas as pd
import pytest

from console.charts import classes, confusion
from evaluation.quality.classifier import classification as counted
from evaluation.result import Classification, TargetRates

# sixty rows: the positives mostly high, three groups of which the last is ranked at random
RANDOM = np.random.default_rng(5)
TRUTH = np.array([0, 1] * 60)
PROBABILITY = np.clip(0.25 + 0.5 * TRUTH + RANDOM.normal(0, 0.2, 120), 0, 1)
GROUPS = np.array(["plain"] * 60 + ["odd"] * 50 + ["rare"] * 10)
PROBABILITY[60:110] = RANDOM.uniform(0, 1, 50)
ROWS = pd.DataFrame({"label": TRUTH, "p": PROBABILITY, "group": GROUPS})


@pytest.fixture
def found() -> Classification:
    made = counted(ROWS, "label", "p", ("group",))
    assert made is not None
    return made


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 1.0])
def test_the_confusion_matrix_equals_that_of_scikit_learn(
    found: Classification, threshold: float
) -> None:
    from sklearn import metrics

    called = threshold <= PROBABILITY
    chosen = confusion.at_threshold(found, threshold)
    ((negatives, wrong), (missed, right)) = metrics.confusion_matrix(TRUTH, called)
    assert (chosen.true_positives, chosen.false_positives) == (right, wrong)
    assert (chosen.false_negatives, chosen.true_negatives) == (missed, negatives)
    assert chosen.accuracy == pytest.approx(metrics.accuracy_score(TRUTH, called))
    assert chosen.recall == pytest.approx(metrics.recall_score(TRUTH, called))
    assert chosen.f1 == pytest.approx(metrics.f1_score(TRUTH, called))
    if called.any():
        assert chosen.precision == pytest.approx(metrics.precision_score(TRUTH, called))
    else:
        assert chosen.precision is None
    assert chosen.rows == len(TRUTH)


def test_the_area_below_the_drawn_roc_curve_is_the_roc_auc(found: Classification) -> None:
    from sklearn.metrics import roc_auc_score

    drawn = classes.roc(found, confusion.at_threshold(found, 0.5))
    curve = next(trace for trace in drawn.data if trace.name == "the model")
    area = np.trapezoid(np.array(curve.y)[::-1], np.array(curve.x)[::-1])
    assert area == pytest.approx(roc_auc_score(TRUTH, PROBABILITY), abs=0.01)


def test_the_operating_point_lies_on_both_curves(found: Classification) -> None:
    chosen = confusion.at_threshold(found, 0.37)
    for draw in (classes.roc, classes.precision_recall):
        traces = {trace.name: trace for trace in draw(found, chosen).data}
        point = traces["threshold 0.37"]
        place = list(traces["the model"].customdata).index(0.37)
        assert traces["the model"].x[place] == point.x[0]
        assert traces["the model"].y[place] == point.y[0]


def test_without_predicted_positives_there_is_no_precision_and_no_point() -> None:
    low = ROWS.assign(p=ROWS["p"] * 0.5)
    found = counted(low, "label", "p", ())
    assert found is not None
    chosen = confusion.at_threshold(found, 0.9)
    assert chosen.precision is None
    names = [trace.name for trace in classes.precision_recall(found, chosen).data]
    assert names == ["chance", "the model"]


def test_the_confusion_matrix_shows_counts_and_percent_of_the_actual_class(
    found: Classification,
) -> None:
    chosen = confusion.at_threshold(found, 0.5)
    cells, words = classes.confusion(chosen, "1").data
    assert [sum(row) for row in cells.z] == pytest.approx([1, 1])
    texts = dict(zip(zip(words.y, words.x, strict=True), words.text, strict=True))
    assert chosen.recall is not None
    assert (
        texts["actual 1", "predicted 1"]
        == f"{chosen.true_positives}<br>{100 * chosen.recall:.0f} %"
    )
    assert texts["actual not 1", "predicted 1"].startswith(f"{chosen.false_positives}<br>")
    assert texts["actual 1", "predicted not 1"].startswith(f"{chosen.false_negatives}<br>")


def test_calibration_has_a_point_per_bin_with_rows_and_interval(
    found: Classification,
) -> None:
    drawn = next(t for t in classes.calibration(found.calibration).data if t.text is not None)
    assert sum(int(text) for text in drawn.text) == len(TRUTH)
    assert list(drawn.y) == [item.rate for item in found.calibration]
    assert all(value >= 0 for value in (*drawn.error_y.array, *drawn.error_y.arrayminus))
    assert all(y + up <= 1 for y, up in zip(drawn.y, drawn.error_y.array, strict=True))


def test_the_segment_with_the_lowest_roc_auc_is_first_and_a_tiny_one_last(
    found: Classification,
) -> None:
    listed = confusion.segments(found)
    assert listed["segment"].tolist() == ["group = odd", "group = plain", "group = rare"]
    assert listed["rows"].tolist() == [50, 60, 10]
    assert listed["gap"][0] == pytest.approx(PROBABILITY[60:110].mean() - 0.5)


def test_the_difference_of_the_rates_is_drawn_with_its_interval_and_zero() -> None:
    rates = TargetRates(
        positive="1", reference=0.2654, current=0.2415, difference=-0.0239, lower=-0.0311,
        upper=-0.0167, p_value=1e-10, method="pairs", pairs=7043,
    )  # fmt: skip
    drawn = classes.target_rates(rates)
    (point,) = drawn.data
    assert point.x[0] + point.error_x.array[0] == pytest.approx(-0.0167)
    assert point.x[0] - point.error_x.arrayminus[0] == pytest.approx(-0.0311)
    low, high = drawn.layout.xaxis.range
    assert low < -0.0311 and high > 0
