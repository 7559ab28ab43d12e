"""Starts the whole stack on this machine, waits until it works, and stops it."""

import fcntl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deployment.local import configurations, grafana, ports, readiness, tools
from deployment.local.errors import StackError, StartFailed
from deployment.local.postgres import server
from deployment.local.programs import Program, programs
from deployment.local.supervision import Supervisor

# three models are trained at the first start, perhaps on a busy machine
PATIENCE_SECONDS = 240.0
POLL_SECONDS = 0.1
SCRAPED_JOBS = ("bike-api", "churn-api", "cats-dogs-api")


class Stack:
    """The programs of one folder, which holds their data, logs and configurations."""

    def __init__(self, folder: Path, env_path: Path) -> None:
        self.folder = folder.resolve()
        self.env_path = env_path
        self.supervisor = Supervisor(self.folder)
        # `receiver by integration`, known once the files are written
        self.notified: list[str] = []

    def settings(self) -> dict[str, str]:
        """Return the settings of .env, which is written if it is missing. Raises StackError."""
        return ports.settings(self.env_path)

    def programs(self, settings: Mapping[str, str]) -> list[Program]:
        """Return the stack's programs; fetch the tools that are missing."""
        return programs(settings, self.folder, tools.find(), grafana.program(settings, self.folder))

    def up(self) -> list[Program]:
        """Start what does not run; return the programs when all are ready.

        A stack whose settings have changed is restarted; one that runs reloads its rules.
        Raises StackError; after a failed start no program is left running.
        """
        with self._locked():
            settings = self.settings()
            expected = self.programs(settings)
            since = time.time()
            if self.supervisor.runs(expected):
                since = 0.0
                self._refresh(expected, settings)
            else:
                # first: a secret or data that can't be used must not stop a running stack
                self.notified = configurations.write(self.folder, settings)
                if any(program.name == "postgres" for program in expected):
                    server.cluster(self.folder).check()
                # programs with other settings, or left by a killed supervisor
                if self.supervisor.leftovers():
                    self.supervisor.stop()
                ports.check(expected)
            sizes = {program.name: self.supervisor.log_size(program.name) for program in expected}
            try:
                if self.supervisor.states() is None:
                    self.supervisor.start(expected)
                self._wait(expected, sizes, since)
            except BaseException:
                self.supervisor.stop()
                raise
            return expected

    def down(self) -> bool:
        """Stop everything; return False if nothing ran. Raises StackError for what does not end."""
        with self._locked():
            if not self.supervisor.leftovers():
                return False
            self.supervisor.stop()
            leftovers = self.supervisor.leftovers()
            if leftovers:
                ids = ", ".join(f"{process.pid} ({process.command[:60]})" for process in leftovers)
                raise StackError(f"Processes {ids} do not end: stop them with kill -9.")
            return True

    def restart(self, name: str) -> Program:
        """Restart one program and wait until it answers. Raises StackError."""
        with self._locked():
            expected = {program.name: program for program in self.programs(self.settings())}
            if name not in expected:
                raise StackError(f"There is no program {name!r}. There are: {', '.join(expected)}.")
            if name not in (self.supervisor.states() or {}):
                raise StackError(f"{name} does not run: `make` starts the stack.")
            size = self.supervisor.log_size(name)
            self.supervisor.restart_program(name)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not _answers(expected[name]):
                if time.monotonic() > deadline:
                    log = self.supervisor.last_lines(name, size)
                    why = f"not ready within {PATIENCE_SECONDS:g} s"
                    raise StartFailed(name, why, log, "The other programs keep running.")
                time.sleep(POLL_SECONDS)
            return expected[name]

    def status(self) -> dict[str, str] | None:
        """Return `ready`, `not ready` or supervisor's state by program; None when nothing runs."""
        states = self.supervisor.states()
        if states is None:
            leftovers = self.supervisor.leftovers()
            if leftovers:
                ids = ", ".join(str(process.pid) for process in leftovers)
                raise StackError(f"The supervisor is gone, processes {ids} are left: make stop.")
            return None
        by_name = {}
        for program in self.programs(self.settings()):
            state = states.get(program.name)
            if state is None or not state.alive:
                by_name[program.name] = state.name.lower() if state else "missing"
            else:
                by_name[program.name] = "ready" if _answers(program) else "not ready"
        return by_name

    def _refresh(self, expected: list[Program], settings: Mapping[str, str]) -> None:
        """Start what was given up; have Prometheus and Alertmanager reload their files."""
        states = self.supervisor.states() or {}
        for program in expected:
            if not states[program.name].alive:
                self.supervisor.start_program(program.name)
        self.notified = configurations.write(self.folder, settings)
        for program in expected:
            if program.name in ("prometheus", "alertmanager") and _answers(program):
                refusal = readiness.reload(str(program.url))
                if refusal:
                    raise StackError(
                        f"{program.name} refused its new files and keeps the old ones: {refusal}"
                    )

    def _wait(self, expected: list[Program], sizes: Mapping[str, int], since: float) -> None:
        prometheus = next(item for item in expected if item.name == "prometheus")
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = list(expected)
        pids: dict[str, int] = {}
        while True:
            states = self.supervisor.states()
            if states is None:
                raise StartFailed("supervisord", "it ended", "")
            for program in expected:
                state = states[program.name]
                if not state.alive:
                    self._give_up(program, f"it ended ({state.detail})", sizes)
                # supervisor restarts what ends: another pid means that it has ended
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
        """Allow one command at a time for one stack."""
        self.supervisor.run.mkdir(parents=True, exist_ok=True)
        with (self.supervisor.run / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _answers(program: Program) -> bool:
    if program.ready_command:
        return readiness.succeeds(program.ready_command)
    if program.url is None or program.ready is None:
        return True
    return readiness.answers(program.url + program.ready)
