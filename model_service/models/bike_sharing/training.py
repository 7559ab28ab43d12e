"""Train the forest once and store it as ONNX, named by a hash of all that it depends on."""

import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from model_service.models import artifacts
from model_service.models.artifacts import Trained
from model_service.models.bike_sharing import data

PARAMETERS: dict[str, Any] = {"n_estimators": 100, "random_state": 0}
LIBRARIES = ("scikit-learn", "skl2onnx", "numpy")


def fingerprint() -> str:
    """Return the SHA-256 of the data, this code, the parameters and the libraries."""
    files = [data.FILE, Path(__file__), Path(data.__file__)]
    return artifacts.fingerprint(files, PARAMETERS, LIBRARIES)


def fit() -> Any:
    """Return the scikit-learn forest, trained on the 688 rows of January 2011; takes 0.3 s."""
    from sklearn.ensemble import RandomForestRegressor

    rows = data.training()
    features = list(data.SCHEMA.features)
    return RandomForestRegressor(**PARAMETERS).fit(
        rows[features].to_numpy(dtype="float64"), rows[data.TRUTH.name].to_numpy(dtype="float64")
    )


def train() -> tuple[bytes, dict[str, Any]]:
    """Train and convert; return the ONNX file and the facts about it."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    started = time.perf_counter()
    forest = fit()
    features = list(data.SCHEMA.features)
    converted = to_onnx(
        forest, initial_types=[("features", FloatTensorType([None, len(features)]))]
    ).SerializeToString()
    rows = data.training()
    return converted, {
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "training_seconds": round(time.perf_counter() - started, 3),
        "training_rows": len(rows),
        "training_period": [data.TRAINING_START, data.TRAINING_END],
        "algorithm": "RandomForestRegressor",
        "parameters": PARAMETERS,
        "importance": dict(zip(features, map(float, forest.feature_importances_), strict=True)),
        "libraries": {library: version(library) for library in LIBRARIES},
    }


def load_or_train(data_dir: Path) -> Trained:
    """Return the stored forest, or train a new one if it is missing or damaged."""
    return artifacts.load_or_train(data_dir, "bike-sharing", fingerprint(), train)
