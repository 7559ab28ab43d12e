"""The models of models.toml as the console shows them: read once for each change of the file."""

import threading
from collections.abc import Iterable
from pathlib import Path

from console.errors import ConsoleError
from console.models import models_file
from console.models.models_file import ExternalModel


class ExternalModels:
    """Thread-safe. A file that can't be used leaves the models that were last read from it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._models: tuple[ExternalModel, ...] = ()
        self._error: ConsoleError | None = None

    def models(self) -> tuple[ExternalModel, ...]:
        with self._lock:
            self._refresh()
            return self._models

    @property
    def error(self) -> ConsoleError | None:
        """Why the file can't be used now."""
        with self._lock:
            self._refresh()
            return self._error

    def get(self, name: str) -> ExternalModel | None:
        return next((model for model in self.models() if model.name == name), None)

    def _refresh(self) -> None:
        try:
            told = self.path.stat()
            seen = (told.st_mtime_ns, told.st_size, told.st_ino)
        except OSError:
            seen = (0, 0, 0)
        if seen == self._seen:
            return
        try:
            self._models, self._error = models_file.read(self.path), None
        except ConsoleError as error:
            self._error = error
        self._seen = seen


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """The name, or the name with the first number that makes it free."""
    known = set(taken)
    if wanted not in known:
        return wanted
    return next(f"{wanted}-{n}" for n in range(2, len(known) + 3) if f"{wanted}-{n}" not in known)
