"""Load the trained model, or train it once: its name is a hash of all that it depends on."""

from pathlib import Path
from typing import Any

from model_service.models import artifacts
from model_service.models.artifacts import Trained
from model_service.models.cats_dogs import data
from model_service.models.cats_dogs.parameters import LIBRARIES, PARAMETERS

CODE = (
    "calibration", "data", "decoding", "features", "fitting", "head", "jpeg", "limits", "network",
    "parameters", "picture_format", "training", "weights",
)  # fmt: skip


def fingerprint() -> str:
    """Return the SHA-256 of the pictures, this code, the parameters and the libraries."""
    code = [Path(__file__).with_name(f"{name}.py") for name in CODE]
    pictures = [picture.path for picture in data.pictures()]
    files = [data.FOLDER / "labels.csv", *pictures, *code]
    return artifacts.fingerprint(files, PARAMETERS, LIBRARIES)


def load_or_train(data_dir: Path) -> Trained:
    """Return the stored model, or train a new one if it is missing or damaged."""

    def train() -> tuple[bytes, dict[str, Any]]:
        # imports onnx and scikit-learn, which a trained model does not need
        from model_service.models.cats_dogs import fitting

        return fitting.train()

    return artifacts.load_or_train(data_dir, "cats-dogs", fingerprint(), train)
