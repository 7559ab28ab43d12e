"""Debian and Ubuntu packages unpacked into a folder: no root, and nothing is installed."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deployment.local.errors import ToolMissing

APT_TIMEOUT_SECONDS = 600


def available() -> bool:
    """Whether this machine has apt-get and dpkg, on Linux."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg") is not None


def unpack(packages: Sequence[str], folder: Path) -> None:
    """Fetch packages with apt and unpack them into folder, all or nothing.

    apt keeps its package lists and cache in a private folder beside it, so that an unprivileged
    user can update them and empty system lists are no obstacle. Dependencies are not followed.
    Raises ToolMissing with apt's last words.
    """
    state = folder.with_name(folder.name + ".apt")
    for part in ("lists/partial", "cache/archives/partial", "packages"):
        (state / part).mkdir(parents=True, exist_ok=True)
    options = [
        "-o", f"Dir::State::lists={state / 'lists'}",
        "-o", f"Dir::Cache={state / 'cache'}",
        "-o", "APT::Sandbox::User=",
        "-o", "Acquire::Retries=3",
    ]  # fmt: skip
    # a source of the machine that fails must not stop us: what counts is the download after it
    updated = _run(["apt-get", *options, "update"], state)
    fetched = _run(["apt-get", *options, "download", *packages], state / "packages")
    archives = sorted((state / "packages").glob("*.deb"))
    if fetched.returncode != 0 or len(archives) < len(packages):
        words = (updated.stderr + fetched.stderr).strip().splitlines()[-4:]
        raise ToolMissing(
            f"apt could not fetch {', '.join(packages)}: {' '.join(words) or 'no reason given'}. "
            "Check the network and the machine's apt sources, or install them so that they are "
            "on PATH, and start again."
        )
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for archive in archives:
        unpacked = _run(["dpkg", "-x", str(archive), str(partial)], state)
        if unpacked.returncode != 0:
            raise ToolMissing(
                f"dpkg could not unpack {archive.name}: {unpacked.stderr.strip()}. "
                f"Is the disk of {folder.parent} full?"
            )
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    shutil.rmtree(state, ignore_errors=True)


def _run(command: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=APT_TIMEOUT_SECONDS,
        env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
    )
