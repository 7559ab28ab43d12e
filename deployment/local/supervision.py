"""supervisor keeps the programs running; this writes its file, asks it and finds what it left."""

import configparser
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from deployment.local.errors import StackError
from deployment.local.programs import ROOT, Program

MARK = "BELVEDERE_STACK"


class Supervisor:
    """One supervisord for one folder; its socket, pid and logs lie in there."""

    def __init__(self, folder: Path) -> None:
        self._run = folder / "run"
        self._logs = folder / "logs"
        self._mark = str(folder)
        self.file = self._run / "supervisord.conf"

    def start(self, programs: list[Program]) -> None:
        """Write the file and start supervisord in the background. Raises StackError."""
        for path in (self._run, self._logs):
            path.mkdir(parents=True, exist_ok=True)
        self._write(programs)
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self.file)]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, env=self._environment()
        )
        if done.returncode != 0:
            raise StackError(f"supervisord did not start: {done.stderr or done.stdout}")

    def states(self) -> dict[str, str]:
        """Program to state (RUNNING, STARTING, BACKOFF, FATAL, ...); empty when it is not up."""
        if not self.file.exists():
            return {}
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(self.file), "status"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = {}
        for line in done.stdout.splitlines():
            words = line.split()
            if len(words) >= 2 and words[1].isupper():
                found[words[0]] = words[1]
        return found

    def last_lines(self, program: str, count: int = 8) -> str:
        path = self.log_path(program)
        if not path.exists():
            return f"(no log in {path})"
        lines = path.read_text("utf-8", errors="replace").splitlines()[-count:]
        return "\n".join(f"  {line}" for line in lines)

    def log_path(self, program: str) -> Path:
        return self._logs / f"{program}.log"

    def stop(self, patience_seconds: float = 25.0) -> list[int]:
        """End supervisord and its programs, then whatever bears our mark; the pids that had to be
        killed."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience_seconds
        while self.pid() is not None or (pid is None and self.leftovers()):
            if pid is None or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        # the children of a killed parent see it within a second
        for _ in range(15):
            left = self.leftovers()
            if not left:
                return []
            for process in left:
                _signal(process, signal.SIGTERM)
            time.sleep(0.2)
        left = self.leftovers()
        for process in left:
            _signal(process, signal.SIGKILL)
        return left

    def pid(self) -> int | None:
        """The pid of our supervisord, if it lives."""
        try:
            pid = int((self._run / "supervisord.pid").read_text("ascii"))
        except (OSError, ValueError):
            return None
        return pid if pid in self.leftovers() else None

    def leftovers(self) -> list[int]:
        """Processes that this stack started and that still live: they bear our mark."""
        found = []
        wanted = f"{MARK}={self._mark}".encode()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                marked = wanted in (entry / "environ").read_bytes().split(b"\0")
                zombie = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
            except OSError:
                continue
            if marked and not zombie and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        return sorted(found)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, MARK: self._mark, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def _write(self, programs: list[Program]) -> None:
        config = configparser.RawConfigParser()
        config["supervisord"] = {
            "logfile": str(self._logs / "supervisord.log"),
            "pidfile": str(self._run / "supervisord.pid"),
            "childlogdir": str(self._logs),
            "directory": str(ROOT),
        }
        config["unix_http_server"] = {"file": str(self._run / "supervisor.sock"), "chmod": "0700"}
        config["supervisorctl"] = {"serverurl": f"unix://{self._run / 'supervisor.sock'}"}
        config["rpcinterface:supervisor"] = {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        }
        for order, program in enumerate(programs):
            config[f"program:{program.name}"] = {
                "command": " ".join(_quoted(word) for word in program.command),
                "environment": _environment(program.environment),
                "directory": str(ROOT),
                "priority": str(order),
                "autorestart": "true",
                "startsecs": "1",
                "startretries": "3",
                "stopasgroup": "true",
                "killasgroup": "true",
                "stopwaitsecs": "15",
                "redirect_stderr": "true",
                "stdout_logfile": str(self.log_path(program.name)),
                "stdout_logfile_maxbytes": "20MB",
                "stdout_logfile_backups": "2",
            }
        with self.file.open("w", encoding="utf-8") as file:
            config.write(file)
        self.file.chmod(0o600)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _quoted(word: str) -> str:
    return "'" + word.replace("%", "%%") + "'"


def _environment(pairs: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{value.replace("%", "%%")}"' for name, value in pairs.items())
