"""A Java for the tests on Spark: this machine's, else Debian's, unpacked without root."""

import os
import shutil
import subprocess
from pathlib import Path

from deployment.local import debian

TOOLS = Path(__file__).parents[1] / ".belvedere" / "tools"
OLDEST = 17


def home() -> str:
    """A JAVA_HOME of version 17 or newer."""
    found = os.environ.get("JAVA_HOME") or _on_path()
    if found and _version(Path(found)) >= OLDEST:
        return found
    folder = TOOLS / "java"
    if not folder.exists():
        debian.unpack(["openjdk-17-jre-headless"], folder)
        _join(folder)
    (unpacked,) = (folder / "usr/lib/jvm").glob("java-17-openjdk-*")
    return str(unpacked)


def _on_path() -> str | None:
    program = shutil.which("java")
    return None if program is None else str(Path(program).resolve().parents[1])


def _version(folder: Path) -> int:
    told = subprocess.run([folder / "bin/java", "-version"], capture_output=True, text=True).stderr
    number = told.partition('"')[2].partition('"')[0].partition(".")[0]
    return int(number) if number.isdigit() else 0


def _join(folder: Path) -> None:
    """Debian's Java links its settings to /etc: let the links point into the unpacked tree."""
    for link in (folder / "usr/lib/jvm").rglob("*"):
        if link.is_symlink() and str(target := link.readlink()).startswith("/etc/"):
            link.unlink()
            link.symlink_to(folder / str(target)[1:])
