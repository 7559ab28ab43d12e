"""Separate environments for the tools that we measure against, and the load generator."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

from deployment.local import debian

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".belvedere" / "bench"
WRK_PACKAGES = ("wrk", "libluajit-5.1-2")


def environment(name: str) -> Path:
    """Return the bin folder of requirements-NAME.lock's environment; create it if it is missing."""
    folder = FOLDER / name
    lock_file = HERE / f"requirements-{name}.lock"
    stamp = folder / "installed"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        # two test workers may need it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text("utf-8") != lock_file.read_text("utf-8"):
            print(f"installing {name} into {folder} ...", flush=True)
            subprocess.run(
                [sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)], check=True
            )
            pip = [sys.executable, "-m", "pip", "--python", str(folder), "install", "--quiet"]
            options = ["--no-deps", "--no-compile", "--require-hashes"]
            subprocess.run([*pip, *options, "-r", str(lock_file)], check=True)
            stamp.write_text(lock_file.read_text("utf-8"), "utf-8")
    return folder / "bin"


def wrk() -> list[str]:
    """Return the command of the load generator: of PATH, else Debian's, unpacked without root."""
    installed = shutil.which("wrk")
    if installed:
        return [installed]
    target = FOLDER / "wrk"
    libraries = target / "usr/lib"
    if not list(libraries.glob("*/libluajit*")):
        debian.unpack(WRK_PACKAGES, target)
    paths = ":".join(str(folder) for folder in sorted(libraries.glob("*-linux-*")))
    return ["env", f"LD_LIBRARY_PATH={paths}", str(target / "usr/bin/wrk")]
