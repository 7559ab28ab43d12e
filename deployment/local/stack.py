"""Starts the whole stack on this machine and waits until it works; stops all of it again."""

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deployment.local import configurations, env_file, readiness, tools
from deployment.local.errors import PortTaken, StackError, StartFailed
from deployment.local.programs import HOST, Program, programs
from deployment.local.supervision import Supervisor

PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.1
SCRAPED_JOBS = ("bike-api", "churn-api")


class Stack:
    """The programs of one folder (data, logs and configurations lie in it)."""

    def __init__(self, folder: Path, env_path: Path) -> None:
        self.folder = folder.resolve()
        self.env_path = env_path
        self.supervisor = Supervisor(self.folder)
        # `receiver by integration`, known once the files are written
        self.notified: list[str] = []

    def settings(self) -> dict[str, str]:
        """The .env file, which is made if it is missing; the environment goes before it."""
        env_file.ensure(self.env_path)
        known = env_file.read(self.env_path)
        known |= {name: value for name, value in os.environ.items() if name in known}
        by_port: dict[str, str] = {}
        for name in env_file.PORTS:
            if not (known[name].isdecimal() and 0 < int(known[name]) < 65536):
                raise StackError(
                    f"{name} is {known[name]!r} in {self.env_path}: write a port number, 1-65535."
                )
            if known[name] in by_port:
                raise StackError(
                    f"{by_port[known[name]]} and {name} are both {known[name]}: change one of them "
                    f"in {self.env_path}."
                )
            by_port[known[name]] = name
        return known

    def wanted(self, settings: Mapping[str, str]) -> list[Program]:
        """The programs, fetching the tools that are missing."""
        return programs(settings, self.folder, tools.find())

    def up(self) -> list[Program]:
        """Start what does not run and return when all is ready.

        A stack whose settings have changed is started anew; one that runs reads its rules again.
        Raises StackError; after a failed start nothing is left running.
        """
        with self._locked():
            settings = self.settings()
            wanted = self.wanted(settings)
            since = time.time()
            if self.supervisor.runs(wanted):
                since = 0.0
                self._refresh(wanted, settings)
            else:
                # first, so that a secret that can't be used leaves what runs running
                self.notified = configurations.write(self.folder, settings)
                # other settings, or what a killed supervisor has left
                if self.supervisor.leftovers():
                    self.supervisor.stop()
                _check_ports(wanted)
            sizes = {program.name: self.supervisor.log_size(program.name) for program in wanted}
            try:
                if self.supervisor.states() is None:
                    self.supervisor.start(wanted)
                self._wait(wanted, sizes, since)
            except BaseException:
                self.supervisor.stop()
                raise
            return wanted

    def down(self) -> bool:
        """Stop everything; False if nothing ran. Raises StackError for what does not end."""
        with self._locked():
            if not self.supervisor.leftovers():
                return False
            self.supervisor.stop()
            left = self.supervisor.leftovers()
            if left:
                ids = ", ".join(f"{process.pid} ({process.command[:60]})" for process in left)
                raise StackError(f"Processes {ids} do not end: stop them by hand with kill -9.")
            return True

    def restart(self, name: str) -> Program:
        """End one program, start it again and wait until it answers. Raises StackError."""
        with self._locked():
            wanted = {program.name: program for program in self.wanted(self.settings())}
            if name not in wanted:
                raise StackError(f"There is no program {name!r}. There are: {', '.join(wanted)}.")
            if name not in (self.supervisor.states() or {}):
                raise StackError(f"{name} does not run: `make` starts the stack.")
            size = self.supervisor.log_size(name)
            self.supervisor.restart_program(name)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not _answers(wanted[name]):
                if time.monotonic() > deadline:
                    log = self.supervisor.last_lines(name, size)
                    why = f"not ready within {PATIENCE_SECONDS:g} s"
                    raise StartFailed(name, why, log, "The others run on.")
                time.sleep(POLL_SECONDS)
            return wanted[name]

    def status(self) -> dict[str, str] | None:
        """Program to `ready`, `not ready` or supervisor's word; None when nothing runs."""
        states = self.supervisor.states()
        if states is None:
            left = self.supervisor.leftovers()
            if left:
                ids = ", ".join(str(process.pid) for process in left)
                raise StackError(f"The supervisor is gone, processes {ids} are left: make stop.")
            return None
        found = {}
        for program in self.wanted(self.settings()):
            state = states.get(program.name)
            if state is None or not state.alive:
                found[program.name] = state.name.lower() if state else "missing"
            else:
                found[program.name] = "ready" if _answers(program) else "not ready"
        return found

    def _refresh(self, wanted: list[Program], settings: Mapping[str, str]) -> None:
        """Start what was given up, and have Prometheus and Alertmanager read their files again."""
        states = self.supervisor.states() or {}
        for program in wanted:
            if not states[program.name].alive:
                self.supervisor.start_program(program.name)
        self.notified = configurations.write(self.folder, settings)
        for program in wanted:
            if program.name in ("prometheus", "alertmanager") and _answers(program):
                refusal = readiness.reload(str(program.url))
                if refusal:
                    raise StackError(
                        f"{program.name} refused its new files and goes on with the old: {refusal}"
                    )

    def _wait(self, wanted: list[Program], sizes: Mapping[str, int], since: float) -> None:
        prometheus = next(item for item in wanted if item.name == "prometheus")
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = list(wanted)
        pids: dict[str, int] = {}
        while True:
            states = self.supervisor.states()
            if states is None:
                raise StartFailed("supervisord", "it ended", "")
            for program in wanted:
                state = states[program.name]
                if not state.alive:
                    self._give_up(program, f"it ended ({state.said})", sizes)
                # supervisor starts what ends again: another pid is an end that we did not see
                if state.pid and pids.setdefault(program.name, state.pid) != state.pid:
                    self._give_up(program, "it ended while starting", sizes)
                if program in waiting and state.pid and _answers(program):
                    waiting.remove(program)
            unseen = () if waiting else readiness.unscraped(prometheus.url, SCRAPED_JOBS, since)
            if not waiting and not unseen:
                return
            if time.monotonic() > deadline:
                late = waiting or [prometheus]
                what = "not ready" if waiting else f"no scrape of {', '.join(unseen)}"
                self._give_up(late[0], f"{what} within {PATIENCE_SECONDS:g} s", sizes)
            time.sleep(POLL_SECONDS)

    def _give_up(self, program: Program, why: str, sizes: Mapping[str, int]) -> None:
        log = self.supervisor.last_lines(program.name, sizes[program.name])
        raise StartFailed(program.name, why, log)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One up or down at a time for one stack."""
        self.supervisor.run.mkdir(parents=True, exist_ok=True)
        with (self.supervisor.run / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _check_ports(wanted: list[Program]) -> None:
    for program in wanted:
        if program.port is None or program.port_variable is None:
            continue
        with socket.socket() as probe:
            # what lingers in TIME_WAIT does not count, a listener does
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, program.port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise PortTaken(program.port, program.name, program.port_variable) from error
                raise StackError(
                    f"Port {program.port} can't be used for {program.name} ({error.strerror}): "
                    f"set {program.port_variable} to another in .env."
                ) from error


def _answers(program: Program) -> bool:
    if program.url is None or program.ready is None:
        return True
    return readiness.answers(program.url + program.ready)
