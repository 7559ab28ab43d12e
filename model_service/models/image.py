"""The protocol of a model that takes pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from model_service.models.base import MonitoredModel


@dataclass(frozen=True)
class ImagePrediction:
    """The prediction for one picture.

    `probabilities` is by class and sums to 1, `confidence` is the largest of them. `values` is the
    feature row in the order of the model's inputs. `thumbnail` is a JPEG of at most 224 x 224
    pixels, if it was asked for.
    """

    probabilities: Mapping[str, float]
    prediction: str
    confidence: float
    values: tuple[Any, ...]
    thumbnail: bytes | None = None


@runtime_checkable
class ImageModel(MonitoredModel, Protocol):
    """A multiclass model that turns a picture into a feature row and a prediction.

    The log and evaluations take the feature row: it has the probabilities, from which
    `predict_many` decides.
    """

    def predict_image(self, content: bytes, *, thumbnail: bool = False) -> ImagePrediction:
        """Predict for one picture (JPEG, PNG or WebP). Pure computation; thread-safe.

        Raises WrongFormat for other content, and WrongImage for a picture that is too large or
        can't be read.
        """
        ...

    def samples(self) -> Mapping[str, Path]:
        """Return sample pictures by name: cat/Abyssinian_101.jpg."""
        ...
