"""The report files of evaluations in one folder: drafts of a worker, then finished files."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

Kind = Literal["html", "json", "parquet"]
KINDS: tuple[Kind, ...] = ("html", "json", "parquet")


class ReportFiles:
    """`{id}.{kind}` is a report; `{id}.{attempt}.{kind}.part` is a draft of a worker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, evaluation_id: str, kind: Kind) -> Path:
        return self.folder / f"{evaluation_id}.{kind}"

    def draft(self, evaluation_id: str, attempt: int, kind: Kind) -> Path:
        return self.folder / f"{evaluation_id}.{attempt}.{kind}.part"

    def drafts(self, evaluation_id: str, attempt: int) -> dict[str, Path]:
        """Return the drafts by the names that a job has for them."""
        kinds: dict[str, Kind] = {"html_path": "html", "json_path": "json", "rows_path": "parquet"}
        return {name: self.draft(evaluation_id, attempt, kind) for name, kind in kinds.items()}

    def keep(self, evaluation_id: str, attempt: int) -> None:
        """Move the drafts into place, each in one step; files that are in place stay.

        Raises OSError.
        """
        for kind in KINDS:
            draft, path = self.draft(evaluation_id, attempt, kind), self.path(evaluation_id, kind)
            if draft.exists() or not path.exists():
                os.replace(draft, path)

    def drop_drafts(self, evaluation_id: str, attempt: int) -> None:
        for kind in KINDS:
            self.draft(evaluation_id, attempt, kind).unlink(missing_ok=True)

    def drop(self, evaluation_id: str) -> None:
        """Delete all files of an evaluation."""
        for kind in KINDS:
            self.path(evaluation_id, kind).unlink(missing_ok=True)
        for draft in self.folder.glob(f"{evaluation_id}.*.part"):
            draft.unlink(missing_ok=True)

    def ids_of_drafts(self) -> Iterator[str]:
        for draft in self.folder.glob("*.part"):
            yield draft.name.partition(".")[0]

    def all(self) -> Iterator[Path]:
        """Yield the report files, without drafts."""
        for kind in KINDS:
            yield from self.folder.glob(f"*.{kind}")
