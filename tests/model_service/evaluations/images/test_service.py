"""Evaluations of pictures by the real service: windows, zips by class folder, rows, the log."""

import io
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image, ImageEnhance

from model_service.models.cats_dogs import data
from tests.services import Api, finished, serving

ZIP = {"Content-Type": "application/zip"}
# every second one, so that there are cats and dogs
SOME = [picture for picture in data.pictures() if data.half_of(picture.name) == 0][::2]


@pytest.fixture(scope="module")
def cats_dogs(trained_cats_dogs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("cats-dogs") / "data"
    shutil.copytree(trained_cats_dogs, folder)
    with serving(folder, model="cats-dogs") as service:
        yield service


def darkened(content: bytes) -> bytes:
    buffer = io.BytesIO()
    ImageEnhance.Brightness(Image.open(io.BytesIO(content)).convert("RGB")).enhance(0.25).save(
        buffer, "JPEG"
    )
    return buffer.getvalue()


def zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def result_of(api: Api, response: Any) -> dict[str, Any]:
    assert response.status_code == 202, response.text
    status = finished(api, response.json()["evaluation_id"])
    assert status["state"] == "succeeded", status["error"]
    result: dict[str, Any] = status["result"]
    return result


def rows_of(api: Api, evaluation_id: str) -> pd.DataFrame:
    content = api.get(f"/evaluations/{evaluation_id}/rows.parquet").content
    return pd.read_parquet(io.BytesIO(content))


@pytest.mark.stack
def test_one_half_of_the_pictures_does_not_drift_from_the_other(cats_dogs: Api) -> None:
    body = {"window": "pets_a", "reference": {"window": "pets_b"}}
    result = result_of(cats_dogs, cats_dogs.post("/evaluations", body))
    assert result["verdict"] == "no drift"
    assert result["quality"]["accuracy"] >= 0.95
    assert result["quality"]["log_loss"] < 0.3
    details = result["multiclass"]
    assert details["classes"] == ["cat", "dog", "neither"]
    assert sum(map(sum, details["confusion"])) == result["rows"]["current"]
    assert details["calibration_error"] < 0.1


@pytest.mark.stack
def test_darkened_pictures_in_a_form_drift_and_wrong_files_are_named(cats_dogs: Api) -> None:
    members = {f"pets/{p.name}": darkened(p.path.read_bytes()) for p in SOME}
    truncated = SOME[0].path.read_bytes()[:2_000]
    wrong = {"pets/notes.txt": b"text", "pets/cat/part.jpg": truncated, "../up.jpg": truncated}
    form = {"file": ("pets.zip", zipped(members | wrong))}
    path = "/evaluations?evaluation_period_name=night&tag=dark"
    result = result_of(cats_dogs, cats_dogs.post(path, files=form))
    assert (result["name"], result["verdict"]) == ("night", "drift")
    assert "brightness" in result["drifted_features"]
    assert result["rows"]["current"] == result["rows"]["with_target"] == len(SOME)
    left_out = [text for text in result["warnings"] if "left out" in text]
    assert len(left_out) == 3
    assert "1 file was left out (not a JPEG, PNG or WebP picture): pets/notes.txt." in left_out
    assert "1 file was left out (path to another folder): ../up.jpg." in left_out
    assert any("(can't be read): pets/cat/part.jpg (" in text for text in left_out)

    rows = rows_of(cats_dogs, result["evaluation_id"])
    assert rows["file"].tolist() == list(members)
    assert rows["label"].tolist() == [picture.label for picture in SOME]
    assert set(rows["predicted_class"]) <= {"cat", "dog", "neither"}
    assert rows["proba_cat"].between(0, 1).all() and rows["confidence"].notna().all()

    page = cats_dogs.get(f"/evaluations/{result['evaluation_id']}/report.html")
    assert page.status_code == 200 and "brightness" in page.text and "Accuracy 0." in page.text
    assert result["prediction_drift"]["evidently"] is not None

    # the same rows as JSON, with their labels, are evaluated and published
    records = rows.drop(columns=["file", "predicted_class"]).to_dict("records")
    answer = cats_dogs.post("/evaluate", {"data": records, "evaluation_period_name": "rows"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["accuracy"] == pytest.approx(result["quality"]["accuracy"])
    metrics = cats_dogs.metrics()
    assert metrics["model_accuracy_score"] == pytest.approx(result["quality"]["accuracy"])
    assert metrics["model_drift_detected"] == 1


@pytest.mark.stack
def test_an_upload_without_class_folders_has_no_truth_and_evaluate_needs_it(
    cats_dogs: Api,
) -> None:
    content = zipped({picture.path.name: picture.path.read_bytes() for picture in SOME})
    uploaded = cats_dogs.post("/uploads", data=content, headers=ZIP).json()
    body = {"upload": uploaded["upload_id"], "reference": {"window": "pets_a"}}
    result = result_of(cats_dogs, cats_dogs.post("/evaluations", body))
    assert result["verdict"] == "no drift" and result["quality"] is None
    assert any(
        "have no ground truth, because they are in no folder" in text for text in result["warnings"]
    )
    rejected = cats_dogs.post("/evaluate", data=content, headers=ZIP)
    assert rejected.status_code == 422
    assert "no folder with the name of a class (cat, dog, neither)" in rejected.json()["detail"]


@pytest.mark.stack
def test_a_zip_without_a_picture_fails_and_says_why(cats_dogs: Api) -> None:
    content = zipped({"cat/a.jpg": b"not a picture"})
    started = cats_dogs.post("/evaluations", data=content, headers=ZIP).json()
    status = finished(cats_dogs, started["evaluation_id"])
    assert status["state"] == "failed"
    assert status["error"]["message"] == (
        "There is no picture to evaluate. 1 file was left out (not a JPEG, PNG or WebP picture): "
        "cat/a.jpg."
    )
    text = cats_dogs.post("/evaluate", data=b"not a zip", headers=ZIP)
    assert (text.status_code, text.json()["detail"][:22]) == (400, "The file is not a zip:")


@pytest.mark.stack
def test_labels_of_users_are_the_truth_of_the_log_and_other_votes_are_agreement(
    cats_dogs: Api,
) -> None:
    for number, picture in enumerate(SOME[-32:]):
        answer = cats_dogs.post("/predict", data=picture.path.read_bytes()).json()
        feedback: dict[str, Any] = {"prediction_id": answer["prediction_id"]}
        if number < 10:
            feedback |= {"feedback": "positive" if number < 8 else "negative"}
        elif number < 16:
            right = answer["prediction"] == picture.label
            vote = "positive" if right else "negative"
            feedback |= {"feedback": vote, "label": picture.label}
        if number < 16:
            assert cats_dogs.post("/feedback", feedback).status_code == 200
    result = result_of(cats_dogs, cats_dogs.post("/evaluations", {"last_rows": 32}))
    assert result["rows"]["current"] == 32
    assert result["rows"]["with_target"] == 6
    agreement = result["agreement"]
    assert (agreement["votes"], agreement["positive"], agreement["share"]) == (10, 8, 0.8)
    assert agreement["lower"] < 0.8 < agreement["upper"]
    rows = rows_of(cats_dogs, result["evaluation_id"])
    assert rows["label"].dropna().tolist() == [picture.label for picture in SOME[-22:-16]]
    # an evaluation of fewer rows counts the votes on them alone
    latest = result_of(cats_dogs, cats_dogs.post("/evaluations", {"last_rows": 16}))
    assert latest["agreement"] is None and latest["quality"] is None
