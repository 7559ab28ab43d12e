"""supervisor keeps the programs running: writes its file, starts it, asks it how they are."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deployment.local import processes
from deployment.local.errors import StackError
from deployment.local.programs import ROOT, Program

STOP_SECONDS = 15
ORPHAN_SECONDS = 3
# sun_path holds 104 bytes on macOS, and supervisord appends its pid for a moment
LONGEST_SOCKET_PATH = 90

HEAD = """\
[supervisord]
logfile={logs}/supervisord.log
logfile_maxbytes=5MB
logfile_backups=1
pidfile={run}/supervisord.pid
childlogdir={logs}
directory={root}

[unix_http_server]
file={socket}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command={command}
environment={environment}
directory={root}
priority={order}
autorestart=true
startsecs=5
startretries=10
stopasgroup=true
killasgroup=true
stopwaitsecs={stop_seconds}
redirect_stderr=true
stdout_logfile={twice_expanded_logs}/{name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=2
"""


@dataclass(frozen=True)
class State:
    """What supervisord says of a program: RUNNING, STARTING, BACKOFF, FATAL ... and its pid."""

    name: str
    pid: int
    said: str

    @property
    def alive(self) -> bool:
        return self.name in ("RUNNING", "STARTING")


class Supervisor:
    """One supervisord for one folder; its socket, pid and logs lie in there."""

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
        self.file.write_text(self.text(programs), "utf-8")
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
            words = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise StackError(f"supervisord did not start: {' '.join(words) or 'it said nothing'}")

    def runs(self, programs: list[Program]) -> bool:
        """Whether it is up with just these programs and this environment."""
        if self.states() is None:
            return False
        try:
            inherited = json.loads((self.run / "environment.json").read_text("utf-8"))
            return bool(
                self.file.read_text("utf-8") == self.text(programs)
                and inherited == self._inherited()
            )
        except (OSError, ValueError):
            return False

    def states(self) -> dict[str, State] | None:
        """State by program; None when supervisord does not answer."""
        try:
            listed = self._server().supervisor.getAllProcessInfo()
        except (OSError, xmlrpc.client.Error):
            return None
        assert isinstance(listed, list)
        return {
            entry["name"]: State(
                entry["statename"], entry["pid"], entry["spawnerr"] or entry["description"]
            )
            for entry in listed
        }

    def start_program(self, name: str) -> None:
        """Start a program that was given up. Raises StackError."""
        try:
            self._server().supervisor.startProcess(name, False)
        except (OSError, xmlrpc.client.Error) as error:
            raise StackError(f"{name} could not be started again: {error}") from error

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
        """Bytes, to read later only what was written since."""
        path = self.log_path(program)
        return path.stat().st_size if path.exists() else 0

    def last_lines(self, program: str, since: int = 0, count: int = 12) -> str:
        """The last lines of a program's log that were written after `since` bytes."""
        path = self.log_path(program)
        if not path.exists():
            return f"  (no log in {path})"
        with path.open("rb") as file:
            # shorter than before: it was rotated
            file.seek(since if since <= path.stat().st_size else 0)
            lines = file.read().decode(errors="replace").rstrip().splitlines()[-count:]
        return "\n".join(f"  {line}" for line in lines) or f"  (nothing new in {path})"

    def stop(self) -> list[processes.Process]:
        """End supervisord, its programs and whatever they started; those that had to be killed."""
        # without supervisord nobody reads what they print, and some hang on it as they end
        orphaned = self.states() is None
        killed = processes.end(self.folder, ORPHAN_SECONDS if orphaned else STOP_SECONDS + 5)
        self.socket.unlink(missing_ok=True)
        return killed

    def leftovers(self) -> list[processes.Process]:
        """Processes that this stack started and that still live."""
        return processes.marked(self.folder)

    def text(self, programs: list[Program]) -> str:
        """supervisord's configuration."""
        places = {
            "run": _escaped(str(self.run)),
            "logs": _escaped(str(self.logs)),
            "twice_expanded_logs": _escaped(_escaped(str(self.logs))),
            "socket": _escaped(str(self.socket)),
            "root": _escaped(str(ROOT)),
            "stop_seconds": STOP_SECONDS,
        }
        parts = [HEAD.format(**places)]
        for order, program in enumerate(programs):
            command = _escaped(shlex.join(program.command))
            environment = _environment(program.environment)
            parts.append(
                PROGRAM.format(
                    name=program.name,
                    order=order,
                    command=command,
                    environment=environment,
                    **places,
                )
            )
        return "".join(parts)

    def _server(self) -> xmlrpc.client.ServerProxy:
        from supervisor.xmlrpc import SupervisorTransport

        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)

    def _inherited(self) -> dict[str, str]:
        """What the programs read from the environment of whoever types `make`."""
        return {name: value for name, value in os.environ.items() if name.startswith("BELVEDERE_")}


def _escaped(text: str) -> str:
    """% begins an expansion in supervisord's configuration."""
    return text.replace("%", "%%")


def _environment(pairs: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs.items())
