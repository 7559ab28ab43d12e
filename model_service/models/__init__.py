"""The models that this service can serve, a folder each."""

from collections.abc import Callable
from pathlib import Path

from model_service.errors import StartError
from model_service.models.base import MonitoredModel


def _bike_sharing(data_dir: Path) -> MonitoredModel:
    from model_service.models.bike_sharing import load

    return load(data_dir)


LOADERS: dict[str, Callable[[Path], MonitoredModel]] = {"bike-sharing": _bike_sharing}


def check_known(name: str) -> None:
    """Raise StartError, with the names that there are, for a model that is not among them."""
    if name not in LOADERS:
        known = ", ".join(sorted(LOADERS))
        raise StartError(f"There is no model {name!r}. This service knows: {known}.")


def load(name: str, data_dir: Path) -> MonitoredModel:
    """Load a model by name, training it first if it never was. Raises StartError."""
    check_known(name)
    return LOADERS[name](data_dir)
