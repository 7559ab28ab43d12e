"""Reads the calibration on held-out rows of the training data, from GET /model."""

from collections.abc import Mapping
from typing import Any

import msgspec

from console.components.source_state import fetch_with_fallback
from console.models.discovery import Model
from console.wiring import evaluations
from evaluation.result import CalibrationBin


class _Point(msgspec.Struct):
    rows: int
    confidence: float
    accuracy: float


def read(model: Model) -> list[CalibrationBin]:
    """Return the bins of the model card; [] if it has none or the service is down."""
    about = fetch_with_fallback(
        f"about:{model.name}", lambda: evaluations.evaluator(model).describe()
    ).value
    return parse(about or {})


def parse(about: Mapping[str, Any]) -> list[CalibrationBin]:
    """Return the bins of `training.calibration_curve`; [] if it has none of this form."""
    training = about.get("training")
    curve = training.get("calibration_curve") if isinstance(training, Mapping) else None
    try:
        points = msgspec.convert(curve or [], list[_Point])
    except msgspec.ValidationError:
        return []
    return [CalibrationBin(point.rows, point.confidence, point.accuracy) for point in points]
