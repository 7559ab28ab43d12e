"""The files of a backup, each in a consistent state while everything runs."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from deployment.backup.errors import BackupError

# under Docker each service has its own volume; natively all write into `data`
PARTS = ("data", "churn-data", "cats-dogs-data", "console", "prometheus", "alertmanager", "grafana")
# files that SQLite and Prometheus create again, or need only while they run
EXCLUDED_SUFFIXES = ("-wal", "-shm", "-journal", ".partial", ".tmp", ".lock")
SQLITE_HEADER = b"SQLite format 3\0"


def list_files(root: Path, part: str) -> Iterator[Path]:
    """Yield the files of a part; of Prometheus only those of finished blocks."""
    if part == "prometheus":
        # a folder with a meta.json is a finished block
        for block in sorted(meta.parent for meta in root.glob("*/meta.json")):
            yield from (path for path in sorted(block.rglob("*")) if path.is_file())
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(EXCLUDED_SUFFIXES):
            yield path


def snapshot(path: Path, folder: Path) -> Path:
    """Return the path of a consistent file: a copy in `folder` for a SQLite database, else `path`.

    Raises BackupError if the database cannot be copied, FileNotFoundError if the file is gone.
    """
    with path.open("rb") as file:
        if file.read(len(SQLITE_HEADER)) != SQLITE_HEADER:
            return path
    copy = folder / "copy.db"
    source = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    target = sqlite3.connect(copy)
    try:
        source.backup(target)
    except sqlite3.Error as error:
        raise BackupError(f"The database {path} could not be copied: {error}.") from error
    finally:
        source.close()
        target.close()
    return copy
