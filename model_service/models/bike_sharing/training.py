"""Trains the forest once and keeps it as ONNX, named by a hash of everything it depends on."""

import hashlib
import json
import logging
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from model_service.models.bike_sharing import data

log = logging.getLogger(__name__)

PARAMETERS: dict[str, Any] = {"n_estimators": 100, "random_state": 0}
LIBRARIES = ("scikit-learn", "skl2onnx", "numpy")


@dataclass(frozen=True)
class Trained:
    """The forest as ONNX, and what is known of its making."""

    onnx: bytes
    version: str
    facts: dict[str, Any]


def fingerprint() -> str:
    """SHA-256 of the data, this code, the parameters and the libraries that train."""
    digest = hashlib.sha256()
    digest.update(data.FILE.read_bytes())
    for file in (Path(__file__), Path(data.__file__)):
        digest.update(file.read_bytes())
    digest.update(json.dumps(PARAMETERS, sort_keys=True).encode())
    digest.update(" ".join(version(library) for library in LIBRARIES).encode())
    return digest.hexdigest()


def fit() -> Any:
    """The scikit-learn forest, trained on the 688 rows of January 2011; a third of a second."""
    from sklearn.ensemble import RandomForestRegressor

    rows = data.training()
    features = list(data.SCHEMA.features)
    return RandomForestRegressor(**PARAMETERS).fit(
        rows[features].to_numpy(dtype="float64"), rows[data.TRUTH.name].to_numpy(dtype="float64")
    )


def train() -> tuple[bytes, dict[str, Any]]:
    """Train and convert: the ONNX file and its facts."""
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
        "sha256": hashlib.sha256(converted).hexdigest(),
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
    """The cached forest, or a new one where there is none, or a damaged one, in the cache."""
    key = fingerprint()
    folder = data_dir / "models"
    file, facts_file = (
        folder / f"bike-sharing-{key[:16]}.onnx",
        folder / f"bike-sharing-{key[:16]}.json",
    )
    try:
        facts = json.loads(facts_file.read_text("utf-8"))
        converted = file.read_bytes()
        if hashlib.sha256(converted).hexdigest() == facts["sha256"]:
            return Trained(converted, key[:12], facts)
        log.warning("%s does not match its checksum: training again", file)
    except FileNotFoundError:
        log.info("no trained model in %s: training on January 2011", folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s can't be read (%s): training again", facts_file, error)
    converted, facts = train()
    folder.mkdir(parents=True, exist_ok=True)
    _write(file, converted)
    _write(facts_file, json.dumps(facts, indent=1).encode())
    return Trained(converted, key[:12], facts)


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_bytes(content)
    os.replace(part, file)
