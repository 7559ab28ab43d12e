"""Image files of a folder or an archive: read one at a time, with their class by folder."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from model_service.errors import BadRequest
from model_service.settings import Settings

# each is a term of the catalogue of messages
Reason = Literal[
    "image.archive", "image.damaged", "image.encrypted", "image.format", "image.large",
    "image.path", "image.ratio", "image.system", "image.unreadable",
]  # fmt: skip
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
SYSTEM_FILES = ("__macosx", "thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class ImageLimits:
    """Limits of the files of an archive, and of one file; sizes are uncompressed."""

    files: int
    total_bytes: int
    file_bytes: int


def image_limits(settings: Settings) -> ImageLimits:
    return ImageLimits(
        settings.max_archive_files, settings.max_archive_bytes, settings.max_image_bytes
    )


class LeftOut(Exception):
    """A file that is not evaluated, and why; `detail` is a text for the user."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class ImageFile:
    """One file: its path inside the folder or archive, and a function that returns its content.

    `read` raises LeftOut for a file that must not or can't be read.
    """

    path: str
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """The path as text that JSON and a database can hold."""
        return self.path.encode("utf-8", "backslashreplace").decode()

    def label(self, classes: tuple[str, ...]) -> str | None:
        """Return the class whose name the nearest folder has, in any case; None without one."""
        by_name = {name.casefold(): name for name in classes}
        folders = reversed(_parts(self.path)[:-1])
        return next((by_name[f.casefold()] for f in folders if f.casefold() in by_name), None)


def check_name(name: str) -> None:
    """Raise LeftOut for a file that is never a picture by its name, or has a path to elsewhere."""
    parts = _parts(name)
    if ".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:", name):
        raise LeftOut("image.path")
    if any(part.startswith(".") or part.casefold() in SYSTEM_FILES for part in parts):
        raise LeftOut("image.system")
    if parts[-1].casefold().endswith(ARCHIVES):
        raise LeftOut("image.archive")


def folder_files(folder: Path, file_bytes: int) -> Iterator[ImageFile]:
    """Return the files of a folder and its subfolders, sorted by path. Raises BadRequest."""
    if not folder.is_dir():
        raise BadRequest(f"{folder} is not a folder.")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield ImageFile(
            path.relative_to(folder).as_posix(),
            lambda path=path: _read(path, folder, file_bytes),  # type: ignore[misc]
        )


def _read(path: Path, folder: Path, limit: int) -> bytes:
    check_name(path.relative_to(folder).as_posix())
    try:
        if path.stat().st_size > limit:
            raise LeftOut("image.large")
        return path.read_bytes()
    except OSError as error:
        raise LeftOut("image.unreadable", error.strerror or str(error)) from error


def _parts(name: str) -> list[str]:
    # archives made on Windows may have its separator
    return name.replace("\\", "/").split("/")
