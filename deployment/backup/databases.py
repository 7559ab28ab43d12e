"""Dumps and restores the database of cats and dogs, which is in PostgreSQL."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from deployment.backup.errors import BackupError
from deployment.local import env_file
from deployment.local.postgres import programs, server
from deployment.local.services import CATS_DOGS_DATABASE, POSTGRES_PORT, cats_dogs_database

# the part of the archive, and its file
PART = "postgres"
FILE = "cats_dogs.dump"


def dump(folder: Path, env_path: Path, target: Path) -> bool:
    """Write a consistent dump into the folder `target`; return whether there was a database.

    Where the stack is stopped, its server runs for the moment. Raises BackupError and StackError.
    """
    settings = _settings(env_path)
    if not _is_used(folder, settings):
        return False
    target.mkdir()
    with _reachable(folder, settings) as url:
        words = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target / FILE}"]
        _run("pg_dump", url, *words)
    return True


def load(folder: Path, env_path: Path) -> bool:
    """Load the dump that was unpacked into folder, and remove it; return whether there was one.

    Raises BackupError and StackError.
    """
    path = folder / PART / FILE
    if not path.exists():
        return False
    env_file.ensure(env_path)
    if _settings(env_path).get(CATS_DOGS_DATABASE, "postgresql")[:10] != "postgresql":
        raise BackupError(
            f"{path} is a dump of PostgreSQL, and {CATS_DOGS_DATABASE} names another database. "
            f"Remove it from {env_path}, and restore again into an empty folder."
        )
    with _reachable(folder, _settings(env_path)) as url:
        words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        _run("pg_restore", url, *words, str(path))
    path.unlink()
    return True


def _settings(env_path: Path) -> dict[str, str]:
    return {**env_file.read(env_path), **os.environ}


def _is_used(folder: Path, settings: Mapping[str, str]) -> bool:
    if settings.get(CATS_DOGS_DATABASE):
        return settings[CATS_DOGS_DATABASE].startswith("postgresql")
    return server.cluster(folder).data.is_dir()


@contextmanager
def _reachable(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """Give the URL of the database; start the stack's server if it does not run."""
    cluster = server.cluster(folder)
    if settings.get(CATS_DOGS_DATABASE) or cluster.processes():
        yield cats_dogs_database(settings)
        return
    server.prepare(cluster, settings)
    with server.started(cluster) as port:
        yield cats_dogs_database({**settings, POSTGRES_PORT: str(port)})


def _run(program: str, url: str, *words: str) -> None:
    parts = urlsplit(url)
    # other users see the command line
    address = url.replace("+psycopg", "", 1).replace(f":{parts.password}@", "@", 1)
    done = subprocess.run(
        [programs.installed() / program, f"--dbname={address}", "--no-password", *words],
        env={**os.environ, "PGPASSWORD": unquote(parts.password or "")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(f"{program} failed on {address}: {done.stderr.strip()[-500:]}")
