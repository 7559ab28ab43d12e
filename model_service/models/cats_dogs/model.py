"""The classifier of cats and dogs behind the service's contract, served by ONNX Runtime."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model_service.models.artifacts import Trained
from model_service.models.base import Field, Floats, Window
from model_service.models.cats_dogs import data, decoding, features, windows
from model_service.models.cats_dogs.training import load_or_train
from model_service.models.image import ImageModel, ImagePrediction
from model_service.models.scorers import one_thread_session

THUMBNAIL_QUALITY = 80


class CatsDogs(ImageModel):
    """Classifies pictures as cat, dog or neither on one thread; keeps no picture."""

    name = "cats-dogs"
    title = "Cats and dogs"
    task = data.SCHEMA.task
    inputs: tuple[Field, ...] = data.INPUTS
    truth = data.TRUTH
    answer_field = "prediction"
    input_schema_name = "PictureFeatures"
    schema = data.SCHEMA
    classes = data.CLASSES
    score_columns = ("proba_cat", "proba_dog")
    alert_thresholds: Mapping[str, float] = {"accuracy": data.MIN_ACCURACY}

    def __init__(self, trained: Trained) -> None:
        self.version = trained.version
        self._facts = {name: value for name, value in trained.facts.items() if name != "rows"}
        self._rows = trained.facts["rows"]
        self._session = one_thread_session(trained.file)
        self._names = [field.name for field in self.inputs]

    def predict_image(self, content: bytes, *, thumbnail: bool = False) -> ImagePrediction:
        decoded = decoding.decode(content)
        row = self._feature_row(decoded)
        row["image_sha256"] = hashlib.sha256(content).hexdigest()
        cat, dog = row["proba_cat"], row["proba_dog"]
        probabilities = dict(zip(self.classes, (cat, dog, max(0.0, 1 - cat - dog)), strict=True))
        small = None
        if thumbnail:
            file = io.BytesIO()
            decoded.square.save(file, "JPEG", quality=THUMBNAIL_QUALITY)
            small = file.getvalue()
        return ImagePrediction(
            probabilities=probabilities,
            prediction=max(probabilities, key=probabilities.__getitem__),
            confidence=row["confidence"],
            values=tuple(row[name] for name in self._names),
            thumbnail=small,
        )

    def _feature_row(self, decoded: decoding.Decoded) -> dict[str, Any]:
        """Return the feature row of a picture without the hash of its file."""
        image = features.network_input(decoded.square)[None]
        outputs = self._session.run(["probabilities", "components"], {"image": image})
        cat, dog = (float(value) for value in outputs[0][0, :2])
        row: dict[str, Any] = features.properties(decoded)
        for number, value in enumerate(outputs[1][0], start=1):
            row[f"component_{number}"] = float(value)
        row["confidence"] = max(cat, dog, 1 - cat - dog)
        return row | {"proba_cat": cat, "proba_dog": dog}

    def predict_one(self, values: tuple[Any, ...]) -> float:
        row = dict(zip(self._names, values, strict=True))
        cat, dog = row["proba_cat"], row["proba_dog"]
        return float(np.argmax((cat, dog, 1 - cat - dog)))

    def predict_many(self, frame: pd.DataFrame) -> Floats:
        shares = frame[list(self.score_columns)].to_numpy(dtype="float64")
        neither = 1 - shares.sum(axis=1)
        best = np.column_stack([shares, neither]).argmax(axis=1)
        return np.asarray(best, dtype=np.float64)

    def samples(self) -> Mapping[str, Path]:
        return data.samples()

    def reference(self) -> pd.DataFrame:
        return self.honest_rows()

    def honest_rows(self) -> pd.DataFrame:
        rows = self._labelled_rows()
        return rows.assign(**{str(self.schema.prediction): self.decide(self.predict_many(rows))})

    def training_rows(self, frame: pd.DataFrame) -> int:
        if "image_sha256" not in frame.columns:
            return 0
        return int(frame["image_sha256"].isin(set(self._rows["image_sha256"])).sum())

    def windows(self) -> list[Window]:
        return windows.windows()

    def window(self, name: str) -> pd.DataFrame:
        half = windows.HALVES[name]
        rows = self._labelled_rows()
        inside = [data.half_of(picture.name) == half for picture in data.pictures()]
        return rows[inside].reset_index(drop=True)

    def drift_kinds(self) -> Mapping[str, str]:
        return windows.DRIFT_KINDS

    def drifted_batch(self, kind: str) -> pd.DataFrame:
        """Return every second picture, changed: 120 rows, which take 2 s."""
        change = windows.CHANGES[kind]
        rows: list[dict[str, Any]] = []
        for picture in data.pictures()[::2]:
            decoded = decoding.decode(picture.path.read_bytes())
            changed = replace(decoded, square=change(decoded.square))
            row = self._feature_row(changed)
            rows.append(row | {"image_sha256": None, self.truth.name: picture.label})
        return pd.DataFrame(rows)

    def details(self) -> dict[str, Any]:
        return self._facts

    def _labelled_rows(self) -> pd.DataFrame:
        """Return the out-of-fold rows of the pictures with their labels."""
        labels = [picture.label for picture in data.pictures()]
        return pd.DataFrame(self._rows).assign(**{self.truth.name: labels})


def load(data_dir: Path) -> CatsDogs:
    return CatsDogs(load_or_train(data_dir))
