"""Finds and ends the stack's processes by a mark in their environment.

Standard library only: `python3 -m deployment.local.processes` also works without .venv.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = "BELVEDERE_STACK"
# PostgreSQL's data in the folder of the stack
DATABASE = "postgres/data"
STOP_SECONDS = 20.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Process:
    """A process of the stack: its id and its command line."""

    pid: int
    command: str


def marked(home: Path) -> list[Process]:
    """Return the processes of the stack of this folder, except this one.

    Children inherit the mark: a worker whose parent was killed counts, and a process id that
    now belongs to another program does not.
    """
    mark = f"{MARK}={home}"
    processes = _from_proc(mark) if _has_proc() else _from_ps(mark)
    # a root without CAP_SYS_PTRACE can't read the environment of another user's process
    server = f"cluster_name={server_name(home / DATABASE)}"
    known = {process.pid for process in processes} | {os.getpid()}
    processes += [item for item in running() if server in item.command and item.pid not in known]
    return [process for process in processes if process.pid != os.getpid()]


def server_name(data: Path) -> str:
    """Return the name that PostgreSQL's server of this data folder shows in its processes."""
    return f"belvedere-{sha256(os.fsencode(data)).hexdigest()[:16]}"


def running() -> list[Process]:
    """Return all processes of this machine that have a command line."""
    if _has_proc():
        return [process for entry in _entries() if (process := _process(entry)) is not None]
    listing = subprocess.run(
        ["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=False
    )
    pairs = [line.strip().partition(" ") for line in listing.stdout.splitlines()]
    return [Process(int(pid), command) for pid, _, command in pairs]


def end(home: Path, patience_seconds: float) -> list[Process]:
    """Ask all processes of the stack to end; kill and return those that are left after a while."""
    _signal(marked(home), signal.SIGTERM)
    if wait_until_gone(home, patience_seconds):
        return []
    stubborn = marked(home)
    _signal(stubborn, signal.SIGKILL)
    wait_until_gone(home, patience_seconds)
    return stubborn


def wait_until_gone(home: Path, patience_seconds: float) -> bool:
    """Return whether the stack had no process left before the patience ended."""
    deadline = time.monotonic() + patience_seconds
    while marked(home):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _signal(processes: list[Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            continue


def _has_proc() -> bool:
    return Path("/proc/self/environ").exists()


def _entries() -> list[Path]:
    return [entry for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _process(entry: Path) -> Process | None:
    """Return the process of a folder of /proc, or None if it has ended or is the kernel's."""
    try:
        words = (entry / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    command = b" ".join(words).decode(errors="replace").strip()
    return Process(int(entry.name), command) if command else None


def _from_proc(mark: str) -> list[Process]:
    pair = mark.encode()
    processes = []
    for entry in _entries():
        try:
            marked = pair in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # another user's, or it has just ended
        process = _process(entry) if marked else None
        if process is not None:
            processes.append(process)
    return processes


def _from_ps(mark: str) -> list[Process]:
    """On macOS and BSD, ps shows the environment of the user's processes after the command."""
    listing = subprocess.run(
        ["ps", "-axwwE", "-o", "pid=,command="], capture_output=True, text=True, check=False
    )
    processes = []
    for line in listing.stdout.splitlines():
        pid, _, rest = line.strip().partition(" ")
        if f" {mark} " in f"{rest} ":
            processes.append(Process(int(pid), rest.split(" BELVEDERE_")[0]))
    return processes


def main(home: Path) -> int:
    """End the stack of this folder; return 1 if a process does not end."""
    if not marked(home):
        print("Nothing was running.")
        return 0
    end(home, STOP_SECONDS)
    left = ", ".join(str(process.pid) for process in marked(home))
    if left:
        print(f"error: Processes {left} do not end: stop them with kill -9.", file=sys.stderr)
        return 1
    print("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / ".belvedere"))
