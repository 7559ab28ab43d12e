"""Feature rows of image files: what is left out is counted and named, progress is told."""

from pathlib import Path

import pandas as pd
import pytest

from evaluation.inputs.schema import Schema
from evaluation.messages import ENGLISH
from model_service.errors import InvalidImages, WrongFormat, WrongImage
from model_service.evaluations.images.files import ImageFile, LeftOut, Reason
from model_service.evaluations.images.rows import read_images
from model_service.models.base import Field, Floats
from model_service.models.image import ImageModel, ImagePrediction


class Letters(ImageModel):
    """Takes files of one letter: a is a cat, d a dog, other letters are damaged pictures."""

    name = title = "letters"
    task = "multiclass"
    version = "1"
    inputs = (Field("code", "int", "The letter", 97),)
    truth = Field("label", "text", "What it is", "cat", choices=("cat", "dog"))
    answer_field = "prediction"
    classes = ("cat", "dog")
    schema = Schema(
        task="multiclass", numerical=("code",), target="label", prediction="predicted_class"
    )

    def predict_image(self, content: bytes, *, thumbnail: bool = False) -> ImagePrediction:  # noqa: ARG002
        if len(content) != 1:
            raise WrongFormat("The content is not a letter.")
        if content not in (b"a", b"d"):
            raise WrongImage("The letter is unknown.")
        prediction = "cat" if content == b"a" else "dog"
        return ImagePrediction({prediction: 1.0}, prediction, 1.0, (content[0],))

    def predict_many(self, frame: pd.DataFrame) -> Floats:
        raise NotImplementedError

    def predict_one(self, values: tuple[object, ...]) -> float:
        raise NotImplementedError

    def samples(self) -> dict[str, Path]:
        return {}

    def reference(self) -> pd.DataFrame:
        raise NotImplementedError


def file(path: str, content: bytes) -> ImageFile:
    return ImageFile(path, lambda: content)


def left_out(path: str, reason: Reason) -> ImageFile:
    def read() -> bytes:
        raise LeftOut(reason)

    return ImageFile(path, read)


def ignore(_stage: str, _fraction: float) -> None: ...


def test_each_picture_is_a_row_and_each_other_file_is_in_a_warning() -> None:
    files = [
        file("cat/1", b"a"),
        file("dog/2", b"a"),
        file("cat/3", b"x"),
        *(file(f"text{number}", b"text") for number in range(12)),
        left_out("secret", "image.encrypted"),
        file("4", b"d"),
    ]
    images = read_images(files, Letters(), ignore)
    assert images.frame.fillna("").to_dict("list") == {
        "code": [97, 97, 100],
        "predicted_class": ["cat", "cat", "dog"],
        "label": ["cat", "dog", ""],
    }
    assert images.files["file"].tolist() == ["cat/1", "dog/2", "4"]
    names = ", ".join(f"text{number}" for number in range(10))
    assert [ENGLISH.sentence(warning) for warning in images.warnings] == [
        "1 file was left out (can't be read): cat/3 (The letter is unknown).",
        "12 files were left out (not a JPEG, PNG or WebP picture). The first of them: " + names
        + ".",
        "1 file was left out (encrypted): secret.",
        "1 picture has no ground truth, because it is in no folder with the name of a class "
        "(cat, dog). The first: 4.",
    ]  # fmt: skip


def test_a_picture_without_a_class_is_an_error_where_ground_truth_is_needed() -> None:
    files = [file("cat/1", b"a"), file("2", b"d")]
    with pytest.raises(InvalidImages, match="1 picture has no ground truth"):
        read_images(files, Letters(), ignore, need_truth=True)


def test_files_without_any_picture_are_an_error_that_names_them() -> None:
    with pytest.raises(InvalidImages, match=r"no picture to evaluate\. 1 file .* b"):
        read_images([file("b", b"text")], Letters(), ignore)
    with pytest.raises(InvalidImages, match="There is no file"):
        read_images([], Letters(), ignore)


def test_names_that_no_database_stores_are_written_in_escapes() -> None:
    name = b"cat/\xff\xfe.jpg".decode("utf-8", "surrogateescape")
    images = read_images([file(name, b"a")], Letters(), ignore)
    assert images.files["file"].tolist() == ["cat/\\udcff\\udcfe.jpg"]
    assert images.frame["label"].tolist() == ["cat"]


def test_progress_counts_the_pictures() -> None:
    reports: list[tuple[str, float]] = []
    files = [file(f"cat/{number}", b"a") for number in range(25)]
    read_images(files, Letters(), lambda stage, fraction: reports.append((stage, fraction)))
    assert reports == [
        ("reading pictures (0 of 25)", 0.0),
        ("reading pictures (10 of 25)", 0.4),
        ("reading pictures (20 of 25)", 0.8),
    ]
