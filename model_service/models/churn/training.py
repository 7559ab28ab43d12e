"""Train a churn classifier on one month and store it as ONNX."""

import time
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from model_service.errors import StartError
from model_service.models import artifacts
from model_service.models.artifacts import Trained
from model_service.models.base import Floats
from model_service.models.churn import data, months
from model_service.models.scorers import OnnxScorer, to_onnx_columns

PARAMETERS: dict[str, Any] = {"C": 1.0, "max_iter": 1000, "calibration": "sigmoid", "folds": 5}
LIBRARIES = ("scikit-learn", "skl2onnx", "numpy")
MAX_DIFFERENCE = 1e-5


def fingerprint(month: str) -> str:
    files = [months.FILE, *(Path(str(module.__file__)) for module in (months, data))]
    return artifacts.fingerprint([*files, Path(__file__)], [month, PARAMETERS], LIBRARIES)


def fit(month: str) -> Any:
    """Return the scikit-learn pipeline, trained on the month's users that are not held out.

    A logistic regression on standardised numbers and one-hot labels, its probabilities calibrated
    by a sigmoid over five folds. Takes a second.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), list(data.SCHEMA.numerical)),
            ("labels", OneHotEncoder(handle_unknown="ignore"), list(data.SCHEMA.categorical)),
        ]
    )
    model = LogisticRegression(C=PARAMETERS["C"], max_iter=PARAMETERS["max_iter"])
    calibrated = CalibratedClassifierCV(
        model, method=PARAMETERS["calibration"], cv=PARAMETERS["folds"]
    )
    rows = data.training(month)
    pipeline = Pipeline([("columns", columns), ("classifier", calibrated)])
    return pipeline.fit(rows[list(data.SCHEMA.features)], rows[data.TRUTH.name])


def train(month: str) -> tuple[bytes, dict[str, Any]]:
    """Train and convert; return the ONNX file and its facts. Raises StartError if they differ."""
    started = time.perf_counter()
    pipeline = fit(month)
    converted = to_onnx_columns(pipeline, data.SCHEMA)
    rows, held_out = data.training(month), data.held_out(month)
    features = list(data.SCHEMA.features)
    scorer = OnnxScorer(converted, data.SCHEMA)
    probability = scorer.many(held_out[features])
    expected = pipeline.predict_proba(held_out[features])[:, 1]
    if float(np.abs(probability - expected).max()) > MAX_DIFFERENCE:
        raise StartError(
            "The churn classifier as ONNX does not predict as scikit-learn does. Install the "
            "locked versions of scikit-learn, skl2onnx and onnxruntime (make install)."
        )
    auc, loss = held_out_scores(held_out[data.TRUTH.name].to_numpy(), probability)
    return converted, {
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "training_seconds": round(time.perf_counter() - started, 3),
        "training_month": month,
        "training_rows": len(rows),
        "training_period": [months.DATES[month], months.DATES[month]],
        "held_out_rows": len(held_out),
        "held_out_roc_auc": auc,
        "held_out_log_loss": loss,
        "algorithm": "LogisticRegression, calibrated",
        "parameters": PARAMETERS,
        "importance": importance(pipeline, month),
        "libraries": {library: version(library) for library in LIBRARIES},
    }


def held_out_scores(truth: npt.NDArray[Any], probability: Floats) -> tuple[float, float]:
    """Return ROC AUC and log loss of probabilities (n,) for labels (n,)."""
    from sklearn.metrics import log_loss, roc_auc_score

    return float(roc_auc_score(truth, probability)), float(log_loss(truth, probability))


def importance(pipeline: Any, month: str) -> dict[str, float]:
    """Return each feature's share of the ROC AUC that is lost when its values are permuted."""
    from sklearn.inspection import permutation_importance

    rows = data.held_out(month)
    features = list(data.SCHEMA.features)
    permuted = permutation_importance(
        pipeline, rows[features], rows[data.TRUTH.name],
        scoring="roc_auc", n_repeats=3, random_state=0,
    )  # fmt: skip
    lost = np.maximum(permuted.importances_mean, 0.0)
    return dict(zip(features, map(float, lost / (lost.sum() or 1.0)), strict=True))


def load_or_train(data_dir: Path, month: str) -> Trained:
    """Return the stored classifier of a month, or train a new one."""
    return artifacts.load_or_train(data_dir, "churn", fingerprint(month), partial(train, month))
