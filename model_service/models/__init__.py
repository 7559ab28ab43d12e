"""Load the model to serve: one of this package, or your own as module:name."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_service.errors import StartError
from model_service.models.base import MonitoredModel


def _bike_sharing(data_dir: Path) -> MonitoredModel:
    from model_service.models.bike_sharing import load

    return load(data_dir)


def _churn(data_dir: Path) -> MonitoredModel:
    from model_service.models.churn import load

    return load(data_dir)


def _cats_dogs(data_dir: Path) -> MonitoredModel:
    from model_service.models.cats_dogs import load

    return load(data_dir)


if TYPE_CHECKING:
    from model_service.models.from_files import Field, Schema, Window, from_onnx, from_pipeline

PUBLIC = ("Field", "Schema", "Window", "from_onnx", "from_pipeline")
__all__ = ["Field", "MonitoredModel", "Schema", "Window", "from_onnx", "from_pipeline", "load"]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used: from_files imports ONNX Runtime."""
    if name in PUBLIC:
        return getattr(importlib.import_module("model_service.models.from_files"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


LOADERS: dict[str, Callable[[Path], MonitoredModel]] = {
    "bike-sharing": _bike_sharing,
    "churn": _churn,
    "cats-dogs": _cats_dogs,
}


def check_known(name: str) -> None:
    """Raise StartError, with the available names, for an unknown model."""
    if name not in LOADERS and ":" not in name:
        names = ", ".join(sorted(LOADERS))
        raise StartError(
            f"There is no model {name!r}. Available: {names}. "
            "Name your own model as my_package:model (module:attribute)."
        )


def load(name: str, data_dir: Path) -> MonitoredModel:
    """Load a model by name; train it first if needed. Raises StartError."""
    check_known(name)
    model = LOADERS[name](data_dir) if name in LOADERS else _load_own(name, data_dir)
    model.loaded_as = name
    return model


def retrain(name: str, data_dir: Path, month: str) -> dict[str, Any]:
    """Train a challenger and compare it; return the scores of both and the decision.

    Raises StartError for a model without newer data to train on.
    """
    if name != "churn":
        raise StartError(f"{name} can't be retrained: only churn can.")
    from model_service.models.churn import versions

    comparison = versions.retrain(data_dir, month).comparison
    assert comparison is not None
    return comparison


def _load_own(name: str, data_dir: Path) -> MonitoredModel:
    """Load a user's model: the object itself, or the result of a function of the data folder."""
    module_name, _, attribute = name.partition(":")
    try:
        target = getattr(importlib.import_module(module_name), attribute)
    except ModuleNotFoundError as error:
        raise StartError(
            f"{name}: no module {error.name!r}. Run from its folder, or install it."
        ) from error
    except AttributeError as error:
        raise StartError(f"{name}: the module {module_name} has no {attribute!r}.") from error
    is_model = isinstance(target, MonitoredModel) or not callable(target)
    model = target if is_model else target(data_dir)
    if not isinstance(model, MonitoredModel):
        raise StartError(
            f"{name} is a {type(model).__name__} and not a MonitoredModel: inherit from "
            "MonitoredModel, or create one with model_service.models.from_pipeline or from_onnx."
        )
    return model
