"""The churn classifier: as scikit-learn predicts, calibrated, decided by a threshold."""

from pathlib import Path

import numpy as np
import pytest

from model_service.models.churn import data, load, months, training


def test_onnx_predicts_as_scikit_learn_does_on_all_rows(trained_churn: Path) -> None:
    model, pipeline = load(trained_churn), training.fit("month_000")
    for name in months.DATES:
        rows = months.month(name)
        theirs = pipeline.predict_proba(rows[list(data.SCHEMA.features)])[:, 1]
        assert np.abs(model.predict_many(rows) - theirs).max() < 1e-5


def test_one_row_and_many_rows_predict_the_same(trained_churn: Path) -> None:
    model, rows = load(trained_churn), months.month("month_001").iloc[:50]
    names = [field.name for field in model.inputs]
    one = [model.predict_one(tuple(row)) for row in rows[names].itertuples(index=False)]
    assert one == pytest.approx(model.predict_many(rows).tolist(), abs=1e-6)


def test_held_out_probabilities_are_calibrated(trained_churn: Path) -> None:
    model = load(trained_churn)
    rows = model.honest_rows()
    assert rows["churn_probability"].mean() == pytest.approx(rows["churn_label"].mean(), abs=0.02)
    for low, high in ((0.0, 0.1), (0.1, 0.4), (0.4, 1.0)):
        inside = rows[rows["churn_probability"].between(low, high, inclusive="left")]
        gap = inside["churn_probability"].mean() - inside["churn_label"].mean()
        assert len(inside) > 100 and abs(gap) < 0.06


def test_it_tells_held_out_users_apart(trained_churn: Path) -> None:
    facts = load(trained_churn).details()
    assert facts["training_month"] == "month_000"
    assert facts["training_rows"] + facts["held_out_rows"] == 7043
    assert 0.86 < facts["held_out_roc_auc"] < 0.93
    assert facts["held_out_log_loss"] < 0.38


def test_rows_of_the_training_month_are_counted_as_such(trained_churn: Path) -> None:
    model = load(trained_churn)
    assert model.training_rows(months.month("month_000")) == len(data.training("month_000"))
    assert model.training_rows(months.month("month_001")) == 0


def test_the_decision_is_the_probability_held_against_the_threshold(trained_churn: Path) -> None:
    model = load(trained_churn)
    assert model.decide(np.array([0.0, 0.49, 0.5, 1.0])).tolist() == [0, 0, 1, 1]
    assert model.answer(0.5) == {"churn_probability": 0.5, "prediction": 1}
