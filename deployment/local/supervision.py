"""Starts supervisord, which keeps the programs running, and reads their states."""

import json
import os
import subprocess
import sys
import tempfile
import xmlrpc.client
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deployment.local import processes, supervisord_config
from deployment.local.errors import StackError
from deployment.local.programs import ROOT, Program
from deployment.local.supervisord_config import STOP_SECONDS

ORPHAN_SECONDS = 3
# sun_path holds 104 bytes on macOS, and supervisord appends its pid for a moment
LONGEST_SOCKET_PATH = 90


@dataclass(frozen=True)
class State:
    """A program's state (RUNNING, STARTING, BACKOFF, FATAL ...), its pid and what happened."""

    name: str
    pid: int
    detail: str

    @property
    def alive(self) -> bool:
        return self.name in ("RUNNING", "STARTING")


class Supervisor:
    """The supervisord of one folder, which holds its socket, pid and logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run"
        self.logs = folder / "logs"
        self.file = self.run / "supervisord.conf"
        self.socket = self.run / "supervisor.sock"
        if len(os.fsencode(self.socket)) > LONGEST_SOCKET_PATH:
            short = sha256(os.fsencode(self.socket)).hexdigest()[:16]
            self.socket = Path(tempfile.gettempdir()) / f"belvedere-{short}.sock"

    def start(self, programs: list[Program]) -> None:
        """Write the file and start supervisord in the background. Raises StackError."""
        for path in (self.run, self.logs):
            path.mkdir(parents=True, exist_ok=True)
        self.file.touch(0o600)
        self.file.chmod(0o600)
        self.file.write_text(self._text(programs), "utf-8")
        (self.run / "environment.json").write_text(json.dumps(self._inherited()), "utf-8")
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self.file)]
        environment = {
            **os.environ,
            processes.MARK: str(self.folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment
        )
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise StackError(f"supervisord did not start: {' '.join(lines) or 'no output'}")

    def runs(self, programs: list[Program]) -> bool:
        """Return whether it runs exactly these programs with this environment."""
        if self.states() is None:
            return False
        try:
            inherited = json.loads((self.run / "environment.json").read_text("utf-8"))
            return bool(
                self.file.read_text("utf-8") == self._text(programs)
                and inherited == self._inherited()
            )
        except (OSError, ValueError):
            return False

    def states(self) -> dict[str, State] | None:
        """Return the state of each program, or None when supervisord does not answer."""
        try:
            infos = self._server().supervisor.getAllProcessInfo()
        except (OSError, xmlrpc.client.Error):
            return None
        assert isinstance(infos, list)
        return {
            entry["name"]: State(
                entry["statename"], entry["pid"], entry["spawnerr"] or entry["description"]
            )
            for entry in infos
        }

    def start_program(self, name: str) -> None:
        """Start a program that supervisord has given up. Raises StackError."""
        try:
            self._server().supervisor.startProcess(name, False)
        except (OSError, xmlrpc.client.Error) as error:
            raise StackError(f"{name} could not be started again: {error}") from error

    def stop_program(self, name: str) -> None:
        """End a program; supervisord does not start it again. Raises StackError."""
        try:
            self._server().supervisor.stopProcess(name)
        except (OSError, xmlrpc.client.Error) as error:
            raise StackError(f"{name} could not be stopped: {error}") from error

    def restart_program(self, name: str) -> None:
        """End a program and start it again. Raises StackError."""
        try:
            server = self._server().supervisor
            server.stopProcess(name)
            server.startProcess(name, False)
        except (OSError, xmlrpc.client.Error) as error:
            raise StackError(f"{name} could not be started again: {error}") from error

    def log_path(self, program: str) -> Path:
        return self.logs / f"{program}.log"

    def log_size(self, program: str) -> int:
        """Return the size in bytes, to read later only what was written since."""
        path = self.log_path(program)
        return path.stat().st_size if path.exists() else 0

    def last_lines(self, program: str, since: int = 0, count: int = 12) -> str:
        """Return the last lines of a program's log, from those written after `since` bytes."""
        path = self.log_path(program)
        if not path.exists():
            return f"  (no log in {path})"
        with path.open("rb") as file:
            # shorter than before: it was rotated
            file.seek(since if since <= path.stat().st_size else 0)
            lines = file.read().decode(errors="replace").rstrip().splitlines()[-count:]
        return "\n".join(f"  {line}" for line in lines) or f"  (nothing new in {path})"

    def stop(self) -> list[processes.Process]:
        """End supervisord, its programs and what they started; return those that were killed."""
        # without supervisord nobody reads their output, and some hang on it when they end
        orphaned = self.states() is None
        killed = processes.end(self.folder, ORPHAN_SECONDS if orphaned else STOP_SECONDS + 5)
        self.socket.unlink(missing_ok=True)
        return killed

    def leftovers(self) -> list[processes.Process]:
        """Return the processes of this stack that still run."""
        return processes.marked(self.folder)

    def _text(self, programs: list[Program]) -> str:
        return supervisord_config.text(self.folder, self.socket, programs)

    def _server(self) -> xmlrpc.client.ServerProxy:
        from supervisor.xmlrpc import SupervisorTransport

        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)

    def _inherited(self) -> dict[str, str]:
        """Return the settings that the programs inherit from the environment."""
        return {name: value for name, value in os.environ.items() if name.startswith("BELVEDERE_")}
