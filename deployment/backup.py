"""python -m deployment.backup save | verify | restore: one archive of what can't be made again.

The prediction log and evaluations, their reports and the model; what the console keeps;
Prometheus's finished blocks; Alertmanager's silences; Grafana's database. Standard library only, so
that it runs in any image.
"""

import argparse
import hashlib
import io
import json
import os
import sqlite3
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

# under Docker the churn API has a volume of its own; natively both write into `data`
PARTS = ("data", "churn-data", "console", "prometheus", "alertmanager", "grafana")
MANIFEST = "manifest.json"
# what SQLite and Prometheus make anew, or hold only while they run
LEFT_OUT = ("-wal", "-shm", "-journal", ".partial", ".tmp", ".lock")
SQLITE_HEAD = b"SQLite format 3\0"
CHUNK_BYTES = 2**20


class BackupError(Exception):
    """It was not saved or restored; the message says why and what to do."""


def save(folder: Path, archive: Path) -> dict[str, int]:
    """Write the parts that folder has into a new .tar.gz, while everything runs; files by part.

    A SQLite database is copied by its own backup, so that it is of one moment. Of Prometheus the
    finished blocks are taken: what is younger than two to three hours is not in them.
    Raises BackupError.
    """
    if archive.exists():
        raise BackupError(f"{archive} exists already: choose another name.")
    archive.parent.mkdir(parents=True, exist_ok=True)
    partial = archive.with_name(archive.name + ".partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            counts = write(folder, file)
        verify(partial)
        partial.replace(archive)
    except OSError as error:
        raise BackupError(f"{archive} was not written: {error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    return counts


def write(folder: Path, file: BinaryIO) -> dict[str, int]:
    """The same into any stream. Raises BackupError and OSError."""
    sums: dict[str, str] = {}
    counts = {}
    with tarfile.open(fileobj=file, mode="w|gz") as tar:
        for part in PARTS:
            if (folder / part).is_dir():
                counts[part] = _add_part(tar, folder / part, part, sums)
        if not sums:
            raise BackupError(f"{folder} has nothing to save: is it the stack's folder?")
        content = json.dumps({"made_at": time.time(), "sums": sums}).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(content), 0o600
        tar.addfile(info, io.BytesIO(content))
    return counts


def verify(archive: Path) -> int:
    """Hold every file of the archive against its sum; how many there are. Raises BackupError."""
    try:
        with tarfile.open(archive) as tar:
            member = tar.extractfile(MANIFEST)
            expected: dict[str, str] = json.load(member)["sums"] if member else {}
            found = {
                item.name: _sum(tar.extractfile(item))
                for item in tar
                if item.isfile() and item.name != MANIFEST
            }
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise BackupError(f"{archive} can't be read ({error}): take another.") from error
    if found != expected:
        wrong = sorted(set(found.items()) ^ set(expected.items()))[0][0]
        raise BackupError(f"{archive} is damaged: {wrong} is not what was saved.")
    return len(found)


def restore(archive: Path, folder: Path) -> int:
    """Unpack a verified archive into a folder that has none of its parts yet; the files.

    Raises BackupError; nothing is ever overwritten.
    """
    count = verify(archive)
    taken = [part for part in PARTS if (folder / part).is_dir() and any((folder / part).iterdir())]
    if taken:
        raise BackupError(
            f"{folder} has data already ({', '.join(taken)}): stop the stack, move those folders "
            "away, and start again. Nothing was changed."
        )
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as tar:
            members = [item for item in tar if item.name != MANIFEST]
            tar.extractall(folder, members, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{archive} was not unpacked into {folder}: {error}.") from error
    return count


def _add_part(tar: tarfile.TarFile, root: Path, part: str, sums: dict[str, str]) -> int:
    before = len(sums)
    for path in _files(root, part):
        name = f"{part}/{path.relative_to(root)}"
        with tempfile.TemporaryDirectory(prefix="belvedere-") as spare:
            try:
                file = _of_one_moment(path, Path(spare)).open("rb")
            except FileNotFoundError:
                # reports expire and blocks are compacted while one looks at them
                continue
            with file:
                info = tar.gettarinfo(arcname=name, fileobj=file)
                info.uid = info.gid = 0
                info.uname = info.gname = ""
                summed = _Summed(file)
                # of a file that grows, what was there when it was opened
                tar.addfile(info, summed)
                sums[name] = summed.digest.hexdigest()
    return len(sums) - before


class _Summed(io.RawIOBase):
    """Sums what is read through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        return chunk


def _files(root: Path, part: str) -> Iterator[Path]:
    if part == "prometheus":
        # a folder with a meta.json is a block that is written no more
        for block in sorted(meta.parent for meta in root.glob("*/meta.json")):
            yield from (path for path in sorted(block.rglob("*")) if path.is_file())
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(LEFT_OUT):
            yield path


def _of_one_moment(path: Path, spare: Path) -> Path:
    with path.open("rb") as file:
        if file.read(len(SQLITE_HEAD)) != SQLITE_HEAD:
            return path
    copy = spare / "copy.db"
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


def _sum(file: IO[bytes] | None) -> str:
    assert file is not None
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.backup", description=__doc__)
    parser.add_argument("action", choices=("save", "verify", "restore"))
    parser.add_argument("--folder", type=Path, default=Path(".belvedere"))
    stamp = time.strftime("%Y%m%d-%H%M%S")
    default = Path("backups") / f"belvedere-{stamp}.tar.gz"
    parser.add_argument("--archive", type=Path, default=default, help="- is standard output")
    options = parser.parse_args(arguments)
    try:
        if options.action == "save" and str(options.archive) == "-":
            write(options.folder, sys.stdout.buffer)
        elif options.action == "save":
            counts = save(options.folder, options.archive)
            told = ", ".join(f"{count} of {part}" for part, count in counts.items())
            print(f"Saved {told} in {options.archive} ({options.archive.stat().st_size:,} bytes).")
        elif options.action == "verify":
            print(f"{options.archive}: {verify(options.archive)} files, all as they were saved.")
        else:
            print(f"Restored {restore(options.archive, options.folder)} files.")
    except (BackupError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
