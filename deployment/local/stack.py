"""Starts the whole stack on this machine and waits until it works; stops all of it again."""

import os
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from deployment.local import env_file, tools
from deployment.local.errors import PortTaken, StackError, StartFailed
from deployment.local.programs import HOST, ROOT, Program, programs
from deployment.local.supervision import Supervisor

PATIENCE_SECONDS = 90.0
PROMETHEUS_FILES = ROOT / "deployment" / "prometheus"


class Stack:
    """The programs of one folder (data, logs and the unpacked tools lie in it)."""

    def __init__(self, folder: Path, env_path: Path) -> None:
        self.folder = folder.resolve()
        self.env_path = env_path
        self.supervisor = Supervisor(self.folder)

    def settings(self) -> dict[str, str]:
        """The .env file, which is made if it is missing; the environment goes before it."""
        env_file.ensure(self.env_path)
        known = env_file.read(self.env_path)
        known |= {name: value for name, value in os.environ.items() if name in known}
        for name in env_file.PORTS:
            if not (known[name].isdecimal() and 0 < int(known[name]) < 65536):
                raise StackError(
                    f"{name} is {known[name]!r} in .env: write a port number, 1-65535."
                )
        return known

    def up(self) -> list[Program]:
        """Start what does not run and return when all is ready. Raises StackError, with nothing
        left running."""
        settings = self.settings()
        wanted = programs(settings, self.folder, tools.find())
        if self.supervisor.pid() is not None:
            self._wait(wanted)
            return wanted
        if self.supervisor.leftovers():
            self.supervisor.stop()
        for program in wanted:
            if program.port is not None and program.port_variable is not None:
                _check_port(program.port, program.name, program.port_variable)
        self._write_prometheus(settings)
        try:
            self.supervisor.start(wanted)
            self._wait(wanted)
        except BaseException:
            self.supervisor.stop()
            raise
        return wanted

    def down(self) -> bool:
        """Stop everything; False if nothing ran."""
        if not self.supervisor.leftovers():
            return False
        self.supervisor.stop()
        left = self.supervisor.leftovers()
        if left:
            raise StackError(f"Processes {left} do not end: stop them by hand with kill -9.")
        return True

    def _wait(self, wanted: list[Program]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = list(wanted)
        while waiting:
            states = self.supervisor.states()
            for program in list(waiting):
                state = states.get(program.name, "missing")
                if state in ("FATAL", "BACKOFF", "EXITED"):
                    self._give_up(program, f"it ends at once ({state})")
                if state == "RUNNING" and _answers(program):
                    waiting.remove(program)
            if waiting and time.monotonic() > deadline:
                self._give_up(waiting[0], f"not ready within {PATIENCE_SECONDS:g} s")
            time.sleep(0.1)

    def _give_up(self, program: Program, why: str) -> None:
        log = self.supervisor.last_lines(program.name)
        raise StartFailed(program.name, why, log)

    def _write_prometheus(self, settings: Mapping[str, str]) -> None:
        """The same files as in Compose; only the targets' addresses differ."""
        target = self.folder / "run" / "prometheus"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(PROMETHEUS_FILES, target, ignore=shutil.ignore_patterns("tests"))
        for file in (target / "targets").glob("*.yml"):
            text = file.read_text("utf-8")
            for address, variable in ADDRESSES.items():
                text = text.replace(address, f"{HOST}:{settings[variable]}")
            file.write_text(text, "utf-8")


# how the services are called in Compose, and the port that each has here
ADDRESSES = {
    "bike-api:8080": "BELVEDERE_BIKE_API_PORT",
    "console:8501": "BELVEDERE_CONSOLE_PORT",
    "prometheus:9090": "BELVEDERE_PROMETHEUS_PORT",
    "alertmanager:9093": "BELVEDERE_ALERTMANAGER_PORT",
    "node-exporter:9100": "BELVEDERE_NODE_EXPORTER_PORT",
}


def _check_port(port: int, program: str, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(port, program, variable) from error


def _answers(program: Program) -> bool:
    if program.url is None or program.ready is None:
        return True
    try:
        with urllib.request.urlopen(program.url + program.ready, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
