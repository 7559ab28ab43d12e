"""The archive of a backup: a .tar.gz with a manifest of checksums."""

import hashlib
import io
import json
import os
import tarfile
import tempfile
import time
from pathlib import Path
from typing import IO, BinaryIO

from deployment.backup import databases
from deployment.backup.errors import BackupError
from deployment.backup.files import PARTS, list_files, snapshot

# with the passwords and the port of PostgreSQL
ENV_PATH = Path(".env")
MANIFEST = "manifest.json"
CHUNK_BYTES = 2**20


def save(folder: Path, archive: Path, env_path: Path = ENV_PATH) -> dict[str, int]:
    """Write the parts of a folder to a new .tar.gz while everything runs; return files per part.

    A SQLite database is copied by its backup API and PostgreSQL's is dumped, so that both are
    consistent. Of Prometheus the finished blocks are saved, without the latest two to three
    hours. Raises BackupError.
    """
    if archive.exists():
        raise BackupError(f"{archive} already exists. Choose another name.")
    archive.parent.mkdir(parents=True, exist_ok=True)
    partial = archive.with_name(archive.name + ".partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            counts = write(folder, file, env_path)
        verify(partial)
        partial.replace(archive)
    except OSError as error:
        raise BackupError(f"{archive} was not written: {error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    return counts


def write(folder: Path, file: BinaryIO, env_path: Path = ENV_PATH) -> dict[str, int]:
    """Write the parts of a folder to a stream; return files per part.

    Raises BackupError and OSError.
    """
    sums: dict[str, str] = {}
    counts = {}
    with tempfile.TemporaryDirectory() as temporary, tarfile.open(fileobj=file, mode="w|gz") as tar:
        dumped = Path(temporary) / databases.PART
        if databases.dump(folder, env_path, dumped):
            counts[databases.PART] = _add_part(tar, dumped, databases.PART, sums)
        for part in PARTS:
            if (folder / part).is_dir():
                counts[part] = _add_part(tar, folder / part, part, sums)
        if not sums:
            raise BackupError(f"{folder} has nothing to save. Is it the folder of the stack?")
        content = json.dumps({"made_at": time.time(), "sums": sums}).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(content), 0o600
        tar.addfile(info, io.BytesIO(content))
    return counts


def verify(archive: Path) -> int:
    """Compare every file of the archive with its checksum; return the number of files.

    Raises BackupError for an archive that cannot be read or is damaged.
    """
    try:
        with tarfile.open(archive) as tar:
            member = tar.extractfile(MANIFEST)
            expected: dict[str, str] = json.load(member)["sums"] if member else {}
            sums = {
                item.name: _checksum(tar.extractfile(item))
                for item in tar
                if item.isfile() and item.name != MANIFEST
            }
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise BackupError(f"{archive} cannot be read ({error}). Use another archive.") from error
    if sums != expected:
        name = sorted(set(sums.items()) ^ set(expected.items()))[0][0]
        raise BackupError(f"{archive} is damaged: {name} differs from what was saved.")
    return len(sums)


def restore(archive: Path, folder: Path, env_path: Path = ENV_PATH) -> int:
    """Unpack a verified archive into a folder without data; return the number of files.

    The dump of PostgreSQL is loaded into a new database.

    Raises BackupError. Never overwrites a file.
    """
    count = verify(archive)
    existing = [
        part
        for part in (*PARTS, databases.PART)
        if (folder / part).is_dir() and any((folder / part).iterdir())
    ]
    if existing:
        raise BackupError(
            f"{folder} already contains data ({', '.join(existing)}). Nothing was changed. "
            "Stop the stack, move these folders away, and restore again."
        )
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as tar:
            members = [item for item in tar if item.name != MANIFEST]
            tar.extractall(folder, members, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{archive} was not unpacked into {folder}: {error}.") from error
    databases.load(folder, env_path)
    return count


def _add_part(tar: tarfile.TarFile, root: Path, part: str, sums: dict[str, str]) -> int:
    """Add the files of a part and their checksums; return the number of files."""
    previous = len(sums)
    for path in list_files(root, part):
        name = f"{part}/{path.relative_to(root)}"
        with tempfile.TemporaryDirectory(prefix="belvedere-") as temporary:
            try:
                file = snapshot(path, Path(temporary)).open("rb")
            except FileNotFoundError:
                # reports expire and blocks are compacted meanwhile
                continue
            with file:
                info = tar.gettarinfo(arcname=name, fileobj=file)
                info.uid = info.gid = 0
                info.uname = info.gname = ""
                reader = _ChecksumReader(file)
                # of a growing file, the size when it was opened
                tar.addfile(info, reader)
                sums[name] = reader.digest.hexdigest()
    return len(sums) - previous


class _ChecksumReader(io.RawIOBase):
    """Computes the checksum of what is read through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        return chunk


def _checksum(file: IO[bytes] | None) -> str:
    assert file is not None
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
