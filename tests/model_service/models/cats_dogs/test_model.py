"""Cats and dogs: honest reference rows, calibrated probabilities, classes by name everywhere."""

import hashlib
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from evaluation.result import Evaluation
from evaluation.run import evaluate
from model_service.errors import WrongFormat
from model_service.models import artifacts
from model_service.models.cats_dogs import CatsDogs, data, load, training
from model_service.models.image import ImageModel
from model_service.models.outputs import with_predictions
from model_service.predictions.rows import read
from tests.model_service.models.cats_dogs.picture_files import sample, saved


@pytest.fixture(scope="module")
def model(trained_cats_dogs: Path) -> CatsDogs:
    return load(trained_cats_dogs)


@pytest.fixture(scope="module")
def reference(model: CatsDogs) -> pd.DataFrame:
    return model.reference()


def evaluation_of(model: CatsDogs, rows: pd.DataFrame) -> Evaluation:
    current = with_predictions(rows, model)
    return evaluate(model.reference(), current, model.schema, evidently=False)


def test_the_out_of_fold_predictions_are_right_and_calibrated(
    model: CatsDogs, reference: pd.DataFrame
) -> None:
    facts = model.details()
    right = reference["label"] == reference["predicted_class"]
    assert facts["cross_validated_accuracy"] == right.mean() >= 0.97
    assert facts["calibration_error"] <= 0.05
    assert sum(each["rows"] for each in facts["calibration"]) == len(reference) == 240
    assert (reference["confidence"] < 0.7).mean() < 0.1


def test_the_model_card_names_the_sources_and_their_licences(model: CatsDogs) -> None:
    facts = model.details()
    assert facts["weights_licence"] == "Apache-2.0"
    assert "CC BY-SA 4.0" in facts["training_data"]
    assert "(x - 127) / 128" in facts["preprocessing"]
    assert "rows" not in facts


def test_the_reference_is_not_of_heads_that_were_fitted_on_its_rows(
    model: CatsDogs, reference: pd.DataFrame
) -> None:
    served = [
        model.predict_image(picture.path.read_bytes()).confidence
        for picture in data.pictures()[:40]
    ]
    honest = reference["confidence"].iloc[:40]
    # close to the served model, yet less sure: it was fitted on these pictures
    assert np.abs(honest - served).max() < 0.3
    assert honest.mean() < np.mean(served)


def test_a_prediction_has_the_feature_row_and_probabilities_of_all_classes(model: CatsDogs) -> None:
    assert isinstance(model, ImageModel)
    prediction = model.predict_image(sample())
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-9)
    assert (
        prediction.prediction
        == "cat"
        == max(prediction.probabilities, key=lambda name: prediction.probabilities[name])
    )
    row = dict(zip([field.name for field in model.inputs], prediction.values, strict=True))
    assert row["confidence"] == prediction.confidence == row["proba_cat"]
    assert row["image_sha256"] == hashlib.sha256(sample()).hexdigest()
    assert prediction.thumbnail is None
    assert model.classes[int(model.predict_one(prediction.values))] == "cat"


def test_a_thumbnail_is_made_only_if_it_is_asked_for(model: CatsDogs) -> None:
    thumbnail = model.predict_image(sample(), thumbnail=True).thumbnail
    assert thumbnail is not None
    with Image.open(io.BytesIO(thumbnail)) as image:
        assert image.size == (224, 224)
        assert not image.getexif()


@pytest.mark.parametrize("name", ["flower.jpg", "china.jpg"])
def test_a_photograph_without_a_pet_is_neither(name: str, model: CatsDogs) -> None:
    content = saved(Image.fromarray(load_sample_image(name)), "JPEG")
    prediction = model.predict_image(content)
    assert prediction.prediction == "neither"
    assert prediction.probabilities["neither"] > 0.7


def test_what_is_not_a_picture_is_refused(model: CatsDogs) -> None:
    with pytest.raises(WrongFormat):
        model.predict_image(b"not a picture")


def test_every_sample_is_there_with_its_label(model: CatsDogs) -> None:
    samples = model.samples()
    assert len(samples) == 240 == sum(path.is_file() for path in samples.values())
    assert all(name.startswith(f"{picture.label}/") for name, picture in zip(
        samples, data.pictures(), strict=True
    ))  # fmt: skip


def test_a_second_start_loads_the_stored_model(
    model: CatsDogs, trained_cats_dogs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_training(*_: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(artifacts, "write_atomically", no_training)
    assert load(trained_cats_dogs).version == model.version == training.fingerprint()[:12]


def test_feature_rows_with_labels_can_be_posted(model: CatsDogs, reference: pd.DataFrame) -> None:
    columns = [*(field.name for field in model.inputs), "label"]
    body = b'{"data": ' + reference[columns].iloc[:20].to_json(orient="records").encode() + b"}"
    rows = read(body, "application/json", model, 100, need_truth=True)
    predicted = with_predictions(rows.frame, model)
    assert predicted["predicted_class"].tolist() == reference["predicted_class"].iloc[:20].tolist()


def test_the_two_halves_are_evaluated_against_all_pictures(model: CatsDogs) -> None:
    windows = model.windows()
    assert sum(window.rows for window in windows) == 240
    assert all(90 < window.rows < 150 for window in windows)
    for window in windows:
        result = evaluation_of(model, model.window(window.name))
        assert result.quality is not None and result.quality.accuracy is not None
        assert result.quality.accuracy > 0.95
        assert result.verdict == "no drift"
        assert result.multiclass is not None
        assert result.multiclass.classes == ["cat", "dog", "neither"]
        assert sum(map(sum, result.multiclass.confusion)) == window.rows


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("dark", {"brightness", "contrast", "sharpness"}),
        ("rotated", {"confidence"}),
    ],
)
def test_changed_pictures_drift_in_the_columns_that_changed(
    kind: str, expected: set[str], model: CatsDogs
) -> None:
    result = evaluation_of(model, model.drifted_batch(kind))
    assert result.verdict == "drift"
    assert expected <= set(result.drifted_features)
    assert not {"megapixels", "aspect"} & set(result.drifted_features)


def test_other_kinds_and_windows_do_not_exist(model: CatsDogs) -> None:
    with pytest.raises(KeyError):
        model.drifted_batch("upside-down")
    with pytest.raises(KeyError):
        model.window("pets_c")
    assert set(model.drift_kinds()) == {"dark", "blur", "rotated", "grey"}
