"""The models of models.toml: read again each time the file changes."""

import threading
from collections.abc import Iterable
from pathlib import Path

from console.errors import ConsoleError
from console.models import models_file
from console.models.external import ExternalModel

MISSING = (0, 0, 0)


class ExternalModels:
    """The models of a file. Thread-safe.

    If the file becomes invalid, the models that were read last stay, and `error` says why.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file_state: tuple[int, int, int] | None = None
        self._models: tuple[ExternalModel, ...] = ()
        self._error: ConsoleError | None = None

    def models(self) -> tuple[ExternalModel, ...]:
        """Return all models of the file."""
        with self._lock:
            self._refresh()
            return self._models

    @property
    def error(self) -> ConsoleError | None:
        """Why the file can't be read now."""
        with self._lock:
            self._refresh()
            return self._error

    def get(self, name: str) -> ExternalModel | None:
        """Return the model of this name; None if the file does not have it."""
        return next((model for model in self.models() if model.name == name), None)

    def _refresh(self) -> None:
        try:
            stat = self.path.stat()
            file_state = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            file_state = MISSING
        if file_state == self._file_state:
            return
        try:
            self._models, self._error = models_file.read(self.path), None
        except ConsoleError as error:
            self._error = error
        self._file_state = file_state


def free_name(name: str, names: Iterable[str]) -> str:
    """Return the name, or name-2, name-3, ...: the first that is not in `names`."""
    used = set(names)
    if name not in used:
        return name
    return next(f"{name}-{n}" for n in range(2, len(used) + 3) if f"{name}-{n}" not in used)
