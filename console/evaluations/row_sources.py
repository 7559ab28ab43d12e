"""Where rows may come from: uploads, and the folders and databases that the settings name."""

import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from console.errors import ConsoleError
from console.evaluations.request import Origin
from evaluation.large_tables import addresses, queries

SUFFIXES = (".csv", ".csv.gz", ".parquet")
UPLOAD = re.compile(r"[0-9a-f]{32}(\.csv|\.csv\.gz|\.parquet)")


class NotAllowed(ConsoleError):
    """Rows that the settings do not allow, or that no longer exist."""

    # pickled on its way out of the worker
    def __init__(self, text: str) -> None:
        super().__init__(text)


@dataclass(frozen=True)
class Database:
    """An address without a password, and the environment variable that has the password."""

    url: str
    password_variable: str | None = None

    def address(self) -> str:
        """Return the address with the password, to be opened and not stored. Raises NotAllowed."""
        if self.password_variable is None:
            return self.url
        password = os.environ.get(self.password_variable)
        if not password:
            raise NotAllowed(
                f"{self.url} needs a password, and the variable {self.password_variable} is not "
                "set where the console runs: set it and start the console again."
            )
        from sqlalchemy.engine import make_url

        return make_url(self.url).set(password=password).render_as_string(hide_password=False)


@dataclass(frozen=True)
class RowSources:
    """Finds rows, and stores uploads. Thread-safe."""

    uploads: Path
    folders: tuple[Path, ...] = ()
    databases: Mapping[str, Database] = field(default_factory=dict)

    def store_upload(self, file_name: str, content: bytes) -> str:
        """Store an uploaded file; return its id. Raises NotAllowed for another kind of file."""
        endings = [suffix for suffix in SUFFIXES if file_name.lower().endswith(suffix)]
        if not endings:
            raise NotAllowed(f"{file_name} ends in none of {', '.join(SUFFIXES)}.")
        self.uploads.mkdir(parents=True, exist_ok=True)
        upload = uuid.uuid4().hex + endings[-1]
        draft = self.uploads / f".{upload}.part"
        draft.write_bytes(content)
        draft.replace(self.uploads / upload)
        return upload

    def address(self, origin: Origin, spill: Path) -> str:
        """Return what evaluation.large_tables.sources opens; fetch a query's rows into `spill`.

        Raises NotAllowed, and EvaluationError for a query that fails.
        """
        if origin.upload is not None:
            path = self.uploads / origin.upload
            if not UPLOAD.fullmatch(origin.upload) or not path.exists():
                raise NotAllowed(
                    f"The upload {origin.file_name} is no longer stored: send the file again."
                )
            return str(path)
        if origin.path is not None:
            return str(self._allowed(origin.path))
        address = self._database(origin.database or "").address()
        if origin.query is not None:
            return str(queries.fetch(address, origin.query, spill))
        return f"{address}#{origin.table or ''}"

    def _database(self, name: str) -> Database:
        try:
            return self.databases[name]
        except KeyError:
            names = ", ".join(self.databases) or "none"
            raise NotAllowed(
                f"The settings of the console name no database {name!r} (known: {names}): add it "
                "under [databases] in console.toml."
            ) from None

    def _allowed(self, name: str) -> Path:
        """Return a path in an allowed folder, with links followed. Raises NotAllowed."""
        path = Path(name).expanduser().resolve()
        if not any(path.is_relative_to(folder.resolve()) for folder in self.folders):
            allowed = ", ".join(str(folder) for folder in self.folders) or "none"
            raise NotAllowed(
                f"{name} is not in a folder that the console may read rows from (allowed: "
                f"{allowed}). Set BELVEDERE_DATA_FOLDERS, for example to "
                f"""'["{path.parent}"]', and start the console again."""
            )
        return path


def is_database(url: str) -> bool:
    return addresses.is_database(url)
