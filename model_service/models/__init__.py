"""The models that this service can serve: a folder each, or one of your own as module:name."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from model_service.errors import StartError
from model_service.models.base import MonitoredModel


def _bike_sharing(data_dir: Path) -> MonitoredModel:
    from model_service.models.bike_sharing import load

    return load(data_dir)


def _churn(data_dir: Path) -> MonitoredModel:
    from model_service.models.churn import load

    return load(data_dir)


LOADERS: dict[str, Callable[[Path], MonitoredModel]] = {
    "bike-sharing": _bike_sharing,
    "churn": _churn,
}


def check_known(name: str) -> None:
    """Raise StartError, with the names that there are, for a model that is not among them."""
    if name not in LOADERS and ":" not in name:
        known = ", ".join(sorted(LOADERS))
        raise StartError(
            f"There is no model {name!r}. This service knows: {known}. "
            "Your own is my_package:model, a module and a name in it."
        )


def load(name: str, data_dir: Path) -> MonitoredModel:
    """Load a model by name, training it first if it never was. Raises StartError."""
    check_known(name)
    model = LOADERS[name](data_dir) if name in LOADERS else _own(name, data_dir)
    model.loaded_as = name
    return model


def retrain(name: str, data_dir: Path, month: str) -> dict[str, Any]:
    """Train a challenger and compare; what was found, the champion's and the challenger's scores.

    Raises StartError for a model that has no newer data to be trained on.
    """
    if name != "churn":
        raise StartError(f"{name} has no retrain flow: churn has.")
    from model_service.models.churn import versions

    found = versions.retrain(data_dir, month).comparison
    assert found is not None
    return found


def _own(name: str, data_dir: Path) -> MonitoredModel:
    """A model of somebody's own module: the object, or a function of the data folder."""
    module_name, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module_name), attribute)
    except ModuleNotFoundError as error:
        raise StartError(
            f"{name}: no module {error.name!r}. Run from the folder it lies in, or install it."
        ) from error
    except AttributeError as error:
        raise StartError(f"{name}: the module {module_name} has no {attribute!r}.") from error
    model = found if isinstance(found, MonitoredModel) or not callable(found) else found(data_dir)
    if not isinstance(model, MonitoredModel):
        raise StartError(
            f"{name} is a {type(model).__name__} and no MonitoredModel: inherit from "
            "MonitoredModel, or make one with model_service.models.from_files."
        )
    return model
