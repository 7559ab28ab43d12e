"""Environments of their own for the tools that we measure against, from hash-locked files."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".belvedere" / "bench"


def environment(name: str) -> Path:
    """The bin folder of the environment for requirements-NAME.lock, made if it is missing."""
    folder = FOLDER / name
    lock = HERE / f"requirements-{name}.lock"
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text("utf-8") != lock.read_text("utf-8"):
        print(f"installing {name} into {folder} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", str(lock)], check=True)
        stamp.write_text(lock.read_text("utf-8"), "utf-8")
    return folder / "bin"


def wrk() -> str:
    """The load generator: on PATH, else Debian's, unpacked without root."""
    import shutil

    from deployment.local import debian

    found = shutil.which("wrk")
    if found:
        return found
    target = FOLDER / "wrk"
    if not (target / "usr/bin/wrk").exists():
        debian.unpack(["wrk"], target)
    return str(target / "usr/bin/wrk")
