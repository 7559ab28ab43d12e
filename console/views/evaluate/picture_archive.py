"""Counts the files of a zip of pictures by the folder of their class, before it is sent. Pure."""

import io
import zipfile
from collections import Counter
from collections.abc import Sequence

from console.errors import ConsoleError


class UnreadableArchive(ConsoleError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} can't be read as a zip.")


def count_by_class(name: str, content: bytes, classes: Sequence[str]) -> dict[str | None, int]:
    """Return the number of files in folders of each class, and under None of the others.

    The nearest folder with the name of a class counts. Raises UnreadableArchive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [item.filename for item in archive.infolist() if not item.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise UnreadableArchive(name) from error
    by_name = {each.casefold(): each for each in classes}
    folders = [reversed(file.replace("\\", "/").split("/")[:-1]) for file in files]
    counts = Counter(
        next((by_name[part.casefold()] for part in parts if part.casefold() in by_name), None)
        for parts in folders
    )
    return {each: counts[each] for each in (*classes, None)}
