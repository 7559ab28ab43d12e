"""The pictures of cats and dogs, and the columns of a picture's feature row."""

import csv
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from evaluation.inputs.schema import Schema, Thresholds
from model_service.models.base import Field

FOLDER = Path(__file__).parent / "data"
CLASSES = ("cat", "dog", "neither")
COMPONENTS = 8
# of the network's pictures, in pixels
SIDE = 224
MIN_ACCURACY = 0.9

FEATURES = (
    Field("brightness", "float", "Mean luminance, 0 black to 1 white", 0.48, 0, 1),
    Field("contrast", "float", "Standard deviation of the luminance, 0 to 0.5", 0.22, 0, 0.5),
    Field("sharpness", "float", "Logarithm of the variance of the Laplacian", -4.5),
    Field("saturation", "float", "Mean saturation, 0 grey to 1", 0.3, 0, 1),
    Field("megapixels", "float", "Width times height of the file, in millions", 0.08, 0),
    Field("aspect", "float", "Width / height as shown", 1.33, 0),
    *(
        Field(f"component_{number}", "float", f"Direction {number} of the embedding", 0.0)
        for number in range(1, COMPONENTS + 1)
    ),
    Field("confidence", "float", "The largest of the three probabilities", 0.97, 0, 1),
)
INPUTS = (
    *FEATURES,
    Field("proba_cat", "float", "Probability of a cat", 0.97, 0, 1),
    Field("proba_dog", "float", "Probability of a dog", 0.02, 0, 1),
    Field("image_sha256", "text", "SHA-256 of the file; never a feature", "0" * 64, optional=True),
)
TRUTH = Field("label", "text", "What the picture shows", "cat", choices=CLASSES)

SCHEMA = Schema(
    task="multiclass",
    numerical=tuple(field.name for field in FEATURES),
    target=TRUTH.name,
    prediction="predicted_class",
    probabilities={"cat": "proba_cat", "dog": "proba_dog"},
    remainder="neither",
    id="image_sha256",
    thresholds=Thresholds(accuracy=MIN_ACCURACY),
)


class Picture(NamedTuple):
    """A picture of the data set; `name` is its path: cat/Abyssinian_101.jpg."""

    name: str
    label: str
    breed: str

    @property
    def path(self) -> Path:
        return FOLDER / self.name


@cache
def pictures() -> tuple[Picture, ...]:
    """Return the 240 pictures in the order of labels.csv. Source: see data/README.md."""
    with (FOLDER / "labels.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Picture(*row) for row in csv.reader(file) if row[0] != "file")


@cache
def samples() -> Mapping[str, Path]:
    """Return the pictures by name."""
    return {picture.name: picture.path for picture in pictures()}


def half_of(name: str) -> int:
    """Return the half, 0 or 1, to which a picture belongs, by a hash of its name."""
    return hashlib.sha256(name.encode()).digest()[0] % 2
