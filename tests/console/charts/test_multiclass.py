"""The confusion and the calibration of several classes."""

import pytest

from console.charts import multiclass as drawn
from evaluation.result import CalibrationBin, Multiclass

RESULT = Multiclass(
    classes=["cat", "dog", "neither"], confusion=[[8, 2, 0], [1, 19, 0], [0, 0, 0]], scores=[]
)
BINS = [CalibrationBin(10, 0.6, 0.7), CalibrationBin(40, 0.95, 0.9)]


def test_the_confusion_has_percent_of_the_actual_class_and_classes_without_rows() -> None:
    cells, texts = drawn.confusion(RESULT).data
    assert list(cells.y) == ["actual cat", "actual dog", "actual neither"]
    assert list(cells.x) == ["predicted cat", "predicted dog", "predicted neither"]
    assert [list(row) for row in cells.z] == [
        pytest.approx(row) for row in ([0.8, 0.2, 0], [0.05, 0.95, 0], [0, 0, 0])
    ]
    assert texts.text[0] == "8<br>80 %"
    assert texts.text[5] == "0<br>0 %"


def test_numbers_of_many_classes_are_read_by_hovering() -> None:
    names = [str(number) for number in range(20)]
    many = Multiclass(classes=names, confusion=[[1] * 20] * 20, scores=[])
    chart = drawn.confusion(many)
    assert len(chart.data) == 1
    assert chart.layout.height == 640


@pytest.mark.parametrize("bins", [BINS, []], ids=["with ground truth", "without"])
def test_the_calibration_shows_the_evaluation_beside_the_training(
    bins: list[CalibrationBin],
) -> None:
    chart = drawn.confidence_calibration(bins, BINS)
    training = chart.data[-1]
    assert training.name == "held-out rows of the training"
    assert list(training.y) == [0.7, 0.9]
    assert chart.layout.yaxis.title.text == "accuracy"
