"""Finds and ends the stack's processes by a mark in their environment, whoever their parent is.

Standard library only: `python3 -m deployment.local.processes` ends the stack where .venv is gone.
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
    """The processes that the stack of this folder started, and theirs, without this one.

    The mark is inherited, so a worker whose parent was killed is found, and a process id that now
    belongs to another program is not.
    """
    mark = f"{MARK}={home}"
    found = _from_proc(mark) if Path("/proc/self/environ").exists() else _from_ps(mark)
    return [process for process in found if process.pid != os.getpid()]


def end(home: Path, patience_seconds: float) -> list[Process]:
    """Ask every process of the stack to end, kill what is left after the patience; return those."""
    _signal(marked(home), signal.SIGTERM)
    if wait_until_gone(home, patience_seconds):
        return []
    stubborn = marked(home)
    _signal(stubborn, signal.SIGKILL)
    wait_until_gone(home, patience_seconds)
    return stubborn


def wait_until_gone(home: Path, patience_seconds: float) -> bool:
    """Whether the stack had no process left before the patience ended."""
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
    wanted = mark.encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                found.append(Process(int(entry.name), b" ".join(words).decode().strip()))
        except OSError:
            continue  # another user's, or gone between two looks
    return found


def _from_ps(mark: str) -> list[Process]:
    """macOS and BSD: ps shows the environment of the user's own processes after the command."""
    listing = subprocess.run(
        ["ps", "-axwwE", "-o", "pid=,command="], capture_output=True, text=True, check=False
    )
    found = []
    for line in listing.stdout.splitlines():
        pid, _, rest = line.strip().partition(" ")
        if f" {mark} " in f"{rest} ":
            found.append(Process(int(pid), rest.split(" BELVEDERE_")[0]))
    return found


def main(home: Path) -> int:
    """End what runs of the stack of this folder, and say so; 1 if something does not end."""
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
