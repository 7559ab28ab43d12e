"""A classifier of several classes against scikit-learn: scores, confusion, calibration."""

from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from evaluation import Evaluation, Schema, evaluate
from evaluation.errors import SchemaError

CLASSES = ["cat", "dog", "neither"]
SCHEMA = Schema(
    task="multiclass",
    numerical=("brightness",),
    target="label",
    prediction="predicted_class",
    probabilities={"cat": "proba_cat", "dog": "proba_dog"},
    remainder="neither",
)


def rows(count: int = 2000, sharpness: float = 1.0) -> pd.DataFrame:
    """Return rows whose labels are drawn with their probabilities, then made sharper."""
    random = np.random.default_rng(0)
    drawn = random.dirichlet([1.0, 1.0, 0.3], count)
    labels = [random.choice(CLASSES, p=row) for row in drawn]
    table = drawn**sharpness / (drawn**sharpness).sum(axis=1, keepdims=True)
    return pd.DataFrame(
        {
            "brightness": random.random(count),
            "proba_cat": table[:, 0],
            "proba_dog": table[:, 1],
            "label": labels,
            "predicted_class": [CLASSES[i] for i in table.argmax(axis=1)],
        }
    )


def evaluated(frame: pd.DataFrame) -> Evaluation:
    return evaluate(frame, frame, SCHEMA, evidently=False)


def test_scores_and_confusion_of_text_labels_equal_scikit_learns() -> None:
    frame = rows()
    result = evaluated(frame)
    quality, details = result.quality, result.multiclass
    assert quality is not None and details is not None
    truth, predicted = frame["label"], frame["predicted_class"]
    table = frame[["proba_cat", "proba_dog"]].assign(
        rest=1 - frame["proba_cat"] - frame["proba_dog"]
    )
    assert quality.accuracy == pytest.approx(metrics.accuracy_score(truth, predicted))
    assert quality.f1 == pytest.approx(metrics.f1_score(truth, predicted, average="macro"))
    assert quality.log_loss == pytest.approx(metrics.log_loss(truth, table, labels=CLASSES))
    assert quality.roc_auc == pytest.approx(
        metrics.roc_auc_score(truth, table, multi_class="ovr", average="macro")
    )
    assert details.classes == CLASSES
    assert details.confusion == metrics.confusion_matrix(truth, predicted).tolist()
    by_class = metrics.classification_report(truth, predicted, output_dict=True)
    for scores in details.scores:
        theirs = by_class[scores.name]
        assert (scores.precision, scores.recall, scores.f1, scores.rows) == pytest.approx(
            (theirs["precision"], theirs["recall"], theirs["f1-score"], theirs["support"])
        )


def test_calibration_compares_confidence_with_accuracy() -> None:
    honest, sharpened = (evaluated(rows(sharpness=value)).multiclass for value in (1.0, 4.0))
    assert honest is not None and sharpened is not None
    assert sum(item.rows for item in honest.calibration) == 2000
    assert honest.calibration_error is not None and honest.calibration_error < 0.04
    assert sharpened.calibration_error is not None and sharpened.calibration_error > 0.15


def test_a_class_without_rows_has_no_scores_and_stays_in_the_confusion() -> None:
    frame = rows(200)
    frame = frame[(frame["label"] != "neither") & (frame["predicted_class"] != "neither")]
    result = evaluated(frame)
    details = result.multiclass
    assert details is not None
    empty = details.scores[2]
    assert (empty.name, empty.rows, empty.predicted) == ("neither", 0, 0)
    assert empty.precision is empty.recall is empty.f1 is None
    assert details.confusion[2] == [0, 0, 0]


def test_the_mean_scores_are_of_the_classes_with_ground_truth() -> None:
    frame = rows(200)
    frame = frame[frame["label"] != "neither"]
    result = evaluated(frame)
    assert (frame["predicted_class"] == "neither").any()
    assert result.quality is not None and result.multiclass is not None
    cat, dog, _ = result.multiclass.scores
    assert cat.f1 is not None and dog.f1 is not None
    assert result.quality.f1 == pytest.approx((cat.f1 + dog.f1) / 2)


def test_labels_alone_have_scores_but_no_loss_and_no_calibration() -> None:
    result = evaluated(rows().drop(columns=["proba_dog"]))
    assert result.quality is not None and result.multiclass is not None
    assert result.quality.accuracy is not None and result.quality.log_loss is None
    assert result.multiclass.calibration == [] and result.multiclass.calibration_error is None


def test_a_label_without_probabilities_has_no_log_loss() -> None:
    frame = rows()
    frame.loc[0, "label"] = "horse"
    result = evaluated(frame)
    assert result.quality is not None and result.multiclass is not None
    assert result.quality.log_loss is None and result.quality.roc_auc is not None
    assert result.multiclass.classes == [*CLASSES, "horse"]


def test_evidentlys_page_is_written_for_text_labels(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = evaluate(rows(), rows(500), SCHEMA, html_path=page)
    assert "Accuracy 0." in page.read_text("utf-8")
    assert result.prediction_drift is not None and result.prediction_drift.evidently is not None
    assert result.target_drift is not None and not result.target_drift.drifted


def test_a_document_reads_back_and_one_without_these_fields_too() -> None:
    result = evaluated(rows(100))
    assert Evaluation.decode(result.encode()) == result
    old = msgspec.to_builtins(result)
    del old["multiclass"], old["agreement"]
    assert Evaluation.decode(msgspec.json.encode(old)).multiclass is None


def test_probabilities_by_class_need_a_multiclass_task() -> None:
    with pytest.raises(SchemaError, match="probabilities are of a multiclass task"):
        msgspec.structs.replace(SCHEMA, task="binary")
    with pytest.raises(SchemaError, match="remainder must be a class that has no column"):
        msgspec.structs.replace(SCHEMA, remainder="dog")
