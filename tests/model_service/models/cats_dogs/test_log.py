"""The prediction log stores numbers of classes; whoever reads it gets their names."""

from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from evaluation.store.migrations import upgrade
from model_service.evaluations.data import labelled_rows
from model_service.models.cats_dogs import CatsDogs, load
from model_service.models.outputs import with_predictions, without_empty_truth
from model_service.predictions.log_reader import LogReader, Stretch
from model_service.predictions.tables import engine_for, log_layout, log_table

TRUTHS = {0: "cat", 3: "neither"}


@pytest.fixture(scope="module")
def model(trained_cats_dogs: Path) -> CatsDogs:
    return load(trained_cats_dogs)


def logged(model: CatsDogs, path: Path, truths: dict[int, str]) -> LogReader:
    """Return a log of the first five pictures, some with ground truth."""
    engine = engine_for(f"sqlite:///{path / 'log.db'}", "process")
    upgrade(engine, log_layout(model))
    frame = model.reference().iloc[:5]
    rows = [
        {
            **{field.name: row[field.name] for field in model.inputs},
            "prediction_id": f"p{number}",
            "model_version": model.version,
            "received_at": 1000.0 + number,
            "prediction": float(model.classes.index(row["predicted_class"])),
            "truth": float(model.classes.index(truths[number])) if number in truths else None,
            "truth_at": 2000.0 if number in truths else None,
        }
        for number, row in enumerate(frame.to_dict("records"))
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(log_table(model)), rows)
    return LogReader(engine, model)


def test_rows_of_the_log_have_the_names_of_classes(model: CatsDogs, tmp_path: Path) -> None:
    log = logged(model, tmp_path, TRUTHS)
    frame = log.read(Stretch(), 100).frame
    assert frame["predicted_class"].tolist() == model.reference()["predicted_class"][:5].tolist()
    assert frame["label"].dropna().to_dict() == TRUTHS
    pd.testing.assert_frame_equal(with_predictions(frame, model), frame)
    log.engine.dispose()


def test_labelled_rows_of_the_log_follow_those_of_the_training(
    model: CatsDogs, tmp_path: Path
) -> None:
    log = logged(model, tmp_path, TRUTHS)
    rows = labelled_rows(model, log)
    assert rows["label"].iloc[-2:].tolist() == ["cat", "neither"]
    assert len(rows) == 242
    log.engine.dispose()


def test_a_log_without_truth_has_no_column_of_it(model: CatsDogs, tmp_path: Path) -> None:
    log = logged(model, tmp_path, {})
    frame = log.read(Stretch(), 100).frame
    assert frame["label"].isna().all()
    assert "label" not in without_empty_truth(frame, "label").columns
    log.engine.dispose()
