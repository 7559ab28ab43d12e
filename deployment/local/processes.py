"""Finds and ends the stack's processes by a mark in their environment.

Standard library only: `python3 -m deployment.local.processes` also works without .venv.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = "BELVEDERE_STACK"
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
    processes = _from_proc(mark) if Path("/proc/self/environ").exists() else _from_ps(mark)
    return [process for process in processes if process.pid != os.getpid()]


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


def _from_proc(mark: str) -> list[Process]:
    pair = mark.encode()
    processes = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            if pair in (entry / "environ").read_bytes().split(b"\0"):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                processes.append(Process(int(entry.name), b" ".join(words).decode().strip()))
        except OSError:
            continue  # another user's, or it has just ended
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
