"""Reads the calibration on held-out rows of the training data, from GET /model."""

from collections.abc import Mapping
from typing import Any

import msgspec

from console.components.source_state import fetch_with_fallback
from console.models.discovery import Model
from console.wiring import evaluations
from evaluation.result import CalibrationBin


def read(model: Model) -> list[CalibrationBin]:
    """Return the bins of the model card; [] if it has none or the service is down."""
    about = fetch_with_fallback(
        f"about:{model.name}", lambda: evaluations.evaluator(model).describe()
    ).value
    return parse(about or {})


def parse(about: Mapping[str, Any]) -> list[CalibrationBin]:
    """Return the bins of a model card; [] if it has none of this form."""
    training = about.get("training")
    bins = training.get("calibration") if isinstance(training, Mapping) else None
    try:
        return msgspec.convert(bins or [], list[CalibrationBin])
    except msgspec.ValidationError:
        return []
