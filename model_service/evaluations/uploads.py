"""Stores uploaded files of rows for evaluations that name them by id, and reads such files."""

import re
import uuid
from pathlib import Path

from model_service.errors import NotFound
from model_service.models.base import MonitoredModel
from model_service.predictions import rows
from model_service.predictions.formats import CSV, PARQUET, ZIP

SUFFIXES = {CSV: ".csv", PARQUET: ".parquet", ZIP: ".zip"}
_ID = re.compile(r"[0-9a-f]{32}")


class Uploads:
    """Files `{id}.csv`, `{id}.parquet` and `{id}.zip` (of pictures) in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, draft: Path, content_type: str) -> str:
        """Move a finished file into the folder; return its new id."""
        upload_id = uuid.uuid4().hex
        self.folder.mkdir(parents=True, exist_ok=True)
        draft.replace(self.folder / (upload_id + SUFFIXES[content_type]))
        return upload_id

    def find(self, upload_id: str) -> tuple[Path, str]:
        """Return the file of an upload and its content type. Raises NotFound."""
        if _ID.fullmatch(upload_id):
            for content_type, suffix in SUFFIXES.items():
                path = self.folder / (upload_id + suffix)
                if path.exists():
                    return path, content_type
        raise NotFound(
            f"There is no upload {upload_id!r}, or it is no longer stored: send the file to "
            "POST /uploads again."
        )


def read_file(
    path: Path, content_type: str, model: MonitoredModel, max_rows: int, *, need_truth: bool
) -> rows.Rows:
    """Return the rows of an uploaded or posted file; ground truth that it does not have is NaN.

    Raises NotFound, and the errors of `rows.read`.
    """
    check_stored(path)
    return rows.read(path.read_bytes(), content_type, model, max_rows, need_truth=need_truth)


def check_stored(path: Path) -> None:
    """Raise NotFound for a file that is no longer stored."""
    if not path.exists():
        raise NotFound(
            "The rows are no longer stored (posted rows are deleted when their evaluation has "
            "ended): send them again."
        )
