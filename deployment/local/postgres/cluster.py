"""The data folder of a PostgreSQL server: creates it, checks it, and runs programs on it."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from deployment.local import processes
from deployment.local.errors import StackError
from deployment.local.postgres import programs

SUPERUSER = "postgres"
# a name of the working folder that works where the folders above it are closed to the server
WORKING_FOLDER = Path("/proc/self/cwd")
# C.UTF-8 comes with the server: text sorts alike on every machine
INITDB_OPTIONS = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
# errors with their SQLSTATE, and no statement: some have passwords
QUIET = (
    "log_error_verbosity=verbose",
    "log_line_prefix=",
    "log_checkpoints=off",
    "log_min_error_statement=panic",
    "log_statement=none",
)
# a server kills children that hang after 5 s
END_TIMEOUT_SECONDS = 6.0
POLL_SECONDS = 0.05


class Cluster:
    """A data folder, and the user who owns it and runs the server."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.name = processes.server_name(self.data)
        self.user = programs.server_user()
        self._folder = self.data
        if self.user is not None and WORKING_FOLDER.is_dir():
            self._folder = WORKING_FOLDER

    def check(self) -> None:
        """Raise StackError for a folder that this server can't use; a missing one is none."""
        if not self.data.exists():
            return
        advice = (
            f"Move {self.data} away for an empty database, and restore a backup into it "
            "(docs/operations.md)."
        )
        try:
            version = (self.data / "PG_VERSION").read_text("utf-8").strip()
        except FileNotFoundError as error:
            raise StackError(
                f"{self.data} is not a data folder of PostgreSQL: it has no PG_VERSION. {advice}"
            ) from error
        except PermissionError as error:
            raise StackError(
                f"The data folder {self.data} belongs to another user, perhaps after `sudo make`: "
                f'run `sudo chown -R "$USER" {self.data}`.'
            ) from error
        if version != programs.major_version():
            raise StackError(
                f"{self.data} was written by PostgreSQL {version}, and this is PostgreSQL "
                f"{programs.major_version()}, which can't read it. {advice}"
            )

    def create(self, access: str, *options: str) -> None:
        """Create the data folder, all or nothing; `access` are the lines of pg_hba.conf.

        Raises StackError.
        """
        partial = Cluster(self.data.with_name(f"{self.data.name}.partial"))
        shutil.rmtree(partial.data, ignore_errors=True)
        partial.data.mkdir(mode=0o700, parents=True)
        if self.user is not None:
            os.chown(partial.data, self.user, self.user)
        words = [f"--username={SUPERUSER}", "--auth=trust", "--no-instructions"]
        done = partial.run("initdb", *words, *INITDB_OPTIONS, *options)
        if done.returncode != 0:
            lines = " ".join(done.stderr.strip().splitlines()[-2:])
            raise StackError(f"initdb could not create {self.data}: {lines}")
        (partial.data / "pg_hba.conf").write_text(access, "utf-8")
        partial.data.rename(self.data)

    def own(self) -> None:
        """As root, give the files to the server's user: a restore or another user wrote them."""
        if self.user is None or self.data.stat().st_uid == self.user:
            return
        for path in (self.data, *self.data.rglob("*")):
            os.chown(path, self.user, self.user, follow_symlinks=False)

    def execute(self, database: str, statements: Sequence[str], harmless: str = "") -> None:
        """Execute statements as superuser while no server runs, without a connection.

        An error of the SQLSTATE `harmless` is ignored. Raises StackError for the first other.
        """
        flags = [word for option in QUIET for word in ("-c", option)]
        text = "".join(f"{statement}\n" for statement in statements)
        done = self.run("postgres", "--single", *flags, database, text=text)
        for line in done.stderr.splitlines():
            level, _, message = line.partition(":")
            if level not in ("ERROR", "FATAL", "PANIC"):
                continue
            if level != "ERROR" or message.strip()[:5] != harmless:
                raise StackError(f"PostgreSQL could not prepare {self.data}: {message.strip()}")
        if done.returncode != 0:
            raise StackError(
                f"PostgreSQL ended while it prepared {self.data} (exit code {done.returncode}): "
                f"{done.stderr.strip()[-500:]}"
            )

    def command(self, program: str, *words: str) -> list[str]:
        """Return the command of a server's program; its working folder must be the data folder.

        --single must be the first word.
        """
        first = [word for word in words[:1] if word == "--single"]
        path = programs.server(self.user) / program
        return [str(path), *first, "-D", str(self._folder), *words[len(first) :]]

    def run(self, program: str, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a server's program on this folder to its end, as the server's user."""
        return subprocess.run(
            self.command(program, *words),
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.data,
            env={**os.environ, "LC_ALL": "C"},
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        )

    def start(self, *flags: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start the server as a child of this process."""
        return subprocess.Popen(
            self.command("postgres", *flags),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.data,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        )

    def become(self, *flags: str) -> None:
        """Replace this process by the server; does not return."""
        command = self.command("postgres", *flags)
        os.chdir(self.data)
        if self.user is not None:
            os.setgroups([])
            os.setgid(self.user)
            os.setuid(self.user)
        os.execv(command[0], command)

    def processes(self) -> list[int]:
        """Return the ids of the server and its children, which all show its name."""
        return [item.pid for item in processes.running() if self.name in item.command]

    def end_orphans(self) -> None:
        """End processes that a killed server left, and remove its lock file. Raises StackError.

        A process id in the lock file may belong to another program by now.
        """
        for number in (signal.SIGQUIT, signal.SIGKILL):
            for pid in self.processes():
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    continue
            deadline = time.monotonic() + END_TIMEOUT_SECONDS
            while self.processes() and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
        left = ", ".join(map(str, self.processes()))
        if left:
            raise StackError(f"Processes {left} of PostgreSQL do not end: use kill -9.")
        (self.data / "postmaster.pid").unlink(missing_ok=True)
