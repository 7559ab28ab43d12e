"""Unpacks Debian and Ubuntu packages into a folder, without root and without installing them."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deployment.local.errors import ToolMissing

APT_TIMEOUT_SECONDS = 600


def available() -> bool:
    """Return whether this machine has apt-get and dpkg."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg") is not None


def unpack(packages: Sequence[str], folder: Path) -> None:
    """Fetch packages with apt and unpack them into folder, all or nothing.

    apt's package lists and cache go to a private folder beside it: an unprivileged user can
    update them, and empty system lists do no harm. Dependencies are not fetched.
    Raises ToolMissing with apt's last lines.
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
    # a failing source of the machine does not matter if the download after it works
    updated = _run(["apt-get", *options, "update"], state)
    fetched = _run(["apt-get", *options, "download", *packages], state / "packages")
    archives = sorted((state / "packages").glob("*.deb"))
    if fetched.returncode != 0 or len(archives) < len(packages):
        lines = (updated.stderr + fetched.stderr).strip().splitlines()[-4:]
        raise ToolMissing(
            f"apt could not fetch {', '.join(packages)}: {' '.join(lines) or 'no reason given'}. "
            "Check the network and the machine's apt sources, or install them on PATH, and "
            "start again."
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
