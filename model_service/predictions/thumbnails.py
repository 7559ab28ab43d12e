"""Thumbnails of pictures, one file for each prediction. The retention deletes old ones."""

import re
from pathlib import Path

from model_service.errors import NotFound

PREDICTION_ID = re.compile(r"[0-9a-f]{32}")


class Thumbnails:
    """The folder of a model's thumbnails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, prediction_id: str, content: bytes) -> None:
        """Write a thumbnail (JPEG). Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / f"{prediction_id}.jpg").write_bytes(content)

    def path(self, prediction_id: str) -> Path:
        """Return the file of a prediction. Raises NotFound."""
        path = self._folder / f"{prediction_id}.jpg"
        # nothing but an id becomes part of a path
        if PREDICTION_ID.fullmatch(prediction_id) is None or not path.is_file():
            raise NotFound(
                f"There is no thumbnail of {prediction_id[:60]!r}: none was kept "
                "(BELVEDERE_KEEP_IMAGES), it has expired (BELVEDERE_KEEP_IMAGES_DAYS), or it is in "
                "the data folder of another replica."
            )
        return path
