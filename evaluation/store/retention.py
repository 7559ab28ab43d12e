"""Deletes files that are older than their retention time."""

from collections.abc import Iterable
from pathlib import Path


def drop_older(paths: Iterable[Path], moment: float) -> int:
    """Delete files last changed before `moment` (epoch seconds); return the number.

    Raises OSError; a file that another process deletes meanwhile is not an error.
    """
    count = 0
    for path in list(paths):
        try:
            if path.stat().st_mtime >= moment:
                continue
        except FileNotFoundError:
            continue
        path.unlink(missing_ok=True)
        count += 1
    return count
