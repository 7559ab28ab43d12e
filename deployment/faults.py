"""Cause a fault in the running stack, for a drill: `python -m deployment.faults slow`.

The fault lasts until Ctrl-C, SIGTERM or, with --while-open, the end of the standard input. It is
undone in any of these cases.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from deployment.local.errors import StackError
from deployment.local.programs import ROOT
from deployment.local.supervision import Supervisor

SERVICE, TRAFFIC, DATABASE = "cats-dogs-api", "cats-dogs-traffic", "postgres"
# a process that is slowed runs for this long, then is paused for the rest of a cycle
RUN_SECONDS, PAUSE_SECONDS = 0.02, 0.48
SLOW_CPUS = 0.1
# the shell resumes the process even if this one is killed meanwhile
PAUSE = 'kill -STOP "$1" && sleep "$2"; kill -CONT "$1"'


class Stack(Protocol):
    """A running stack whose programs can be stopped and slowed."""

    def stop(self, program: str) -> None: ...

    def start(self, program: str) -> None: ...

    def slow(self, program: str, end: threading.Event) -> None:
        """Slow a program until the event is set."""
        ...


class NativeStack:
    """The stack on this machine, run by supervisord."""

    def __init__(self, folder: Path) -> None:
        self._supervisor = Supervisor(folder.resolve())

    def stop(self, program: str) -> None:
        self._supervisor.stop_program(program)

    def start(self, program: str) -> None:
        self._supervisor.start_program(program)

    def slow(self, program: str, end: threading.Event) -> None:
        pid = self._pid(program)
        while not end.wait(RUN_SECONDS):
            command = ["sh", "-c", PAUSE, "sh", str(pid), str(PAUSE_SECONDS)]
            # a session of its own, so that Ctrl-C does not reach it
            subprocess.run(command, check=False, stderr=subprocess.DEVNULL, start_new_session=True)
            # another one after a restart
            pid = self._pid(program)

    def _pid(self, program: str) -> int:
        state = (self._supervisor.states() or {}).get(program)
        if state is None or not state.pid:
            raise StackError(f"{program} does not run: `make` starts the stack.")
        return state.pid


class ComposeStack:
    """The stack in containers, run by Docker Compose."""

    def stop(self, program: str) -> None:
        _docker("compose", "stop", program)

    def start(self, program: str) -> None:
        _docker("compose", "start", program)

    def slow(self, program: str, end: threading.Event) -> None:
        container = _docker("compose", "ps", "--quiet", program)
        billionths = int(_docker("inspect", "--format", "{{.HostConfig.NanoCpus}}", container))
        try:
            _docker("update", "--cpus", str(SLOW_CPUS), container)
            end.wait()
        finally:
            _docker("update", "--cpus", str(billionths / 1e9), container)


def _docker(*words: str) -> str:
    command = ["docker", *words]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, start_new_session=True
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()[-1:]
        raise StackError(f"`{' '.join(command)}` failed: {' '.join(lines) or 'no output'}")
    return done.stdout.strip()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.faults", description=__doc__)
    parser.add_argument("fault", choices=("slow", "database-down", "no-traffic"))
    parser.add_argument("--compose", action="store_true", help="the stack runs in containers")
    parser.add_argument("--folder", type=Path, default=ROOT / ".belvedere")
    parser.add_argument("--while-open", action="store_true", help="end with the standard input")
    options = parser.parse_args(arguments)
    end = _ended(options.while_open)
    stack: Stack = ComposeStack() if options.compose else NativeStack(options.folder)
    try:
        cause(stack, options.fault, end)
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def cause(stack: Stack, fault: str, end: threading.Event) -> None:
    """Cause the fault until the event is set, and undo it. Raises StackError."""
    if fault == "slow":
        print(f"{SERVICE} is slowed until this command ends.", flush=True)
        stack.slow(SERVICE, end)
        return
    program = DATABASE if fault == "database-down" else TRAFFIC
    with _stopped(stack, program):
        print(f"{program} is stopped until this command ends.", flush=True)
        end.wait()


@contextmanager
def _stopped(stack: Stack, program: str) -> Iterator[None]:
    stack.stop(program)
    try:
        yield
    finally:
        stack.start(program)


def _ended(while_open: bool) -> threading.Event:
    """Return an event that is set by SIGINT, SIGTERM or the end of the standard input."""
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    if while_open:

        def read() -> None:
            while os.read(0, 1024):
                pass
            end.set()

        threading.Thread(target=read, daemon=True).start()
    return end


if __name__ == "__main__":
    sys.exit(main())
