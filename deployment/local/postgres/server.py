"""The PostgreSQL server of the stack: its settings, its database and its roles."""

import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deployment.local import processes
from deployment.local.errors import StackError
from deployment.local.postgres import programs, roles
from deployment.local.postgres.cluster import Cluster

OWNER_PASSWORD = "BELVEDERE_POSTGRES_PASSWORD"
READER_PASSWORD = "BELVEDERE_POSTGRES_READER_PASSWORD"
PASSWORDS = (OWNER_PASSWORD, READER_PASSWORD)
HOST = "127.0.0.1"
# fast shutdown: SIGTERM waits until all clients have gone
STOP_SIGNAL = signal.SIGINT
# as in Compose: for one service and its dashboards on a small machine
SETTINGS = {
    "shared_buffers": "32MB",
    "max_connections": "60",
    "io_method": "sync",
    "jit": "off",
    "max_logical_replication_workers": "0",
    "timezone": "UTC",
    "log_checkpoints": "off",
}
# the superuser can't log in: its statements are executed before the server starts
ACCESS = f"""\
host {roles.DATABASE} {roles.OWNER},{roles.READER} 127.0.0.1/32 scram-sha-256
"""
DUPLICATE_DATABASE = "42P04"
READY_TIMEOUT_SECONDS = 120.0
POLL_SECONDS = 0.05


def cluster(folder: Path) -> Cluster:
    """Return the cluster of a stack's folder."""
    return Cluster(folder / processes.DATABASE)


def prepare(server: Cluster, settings: Mapping[str, str]) -> None:
    """Create the data folder, its database and its roles where they are missing.

    Sets the passwords of the roles, too. No server may run. Raises StackError.
    """
    for name in PASSWORDS:
        if not settings.get(name):
            raise StackError(f"{name} is empty: write a password into .env.")
    server.check()
    if not server.data.exists():
        server.create(ACCESS)
    server.own()
    server.execute("postgres", [f"CREATE DATABASE {roles.DATABASE}"], DUPLICATE_DATABASE)
    statements = roles.statements(settings[OWNER_PASSWORD], settings[READER_PASSWORD])
    server.execute(roles.DATABASE, statements)


def flags(server: Cluster, port: int) -> list[str]:
    """Return the flags of the server: TCP on loopback only, no socket file."""
    values = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": "",
        # the processes are found by this name
        "cluster_name": server.name,
        **SETTINGS,
    }
    return [word for name, value in values.items() for word in ("-c", f"{name}={value}")]


def ready_command(port: int) -> list[str]:
    """Return a command that succeeds when the server accepts connections."""
    program = str(programs.installed() / "pg_isready")
    words = ["--quiet", "--host", HOST, "--port", str(port), "--timeout", "2"]
    return [program, *words, "--dbname", roles.DATABASE, "--username", roles.OWNER]


def psql_command(port: int) -> list[str]:
    """Return the command of a session of the reader, whose password is in PGPASSWORD."""
    words = [f"--host={HOST}", f"--port={port}", f"--username={roles.READER}", "--no-psqlrc"]
    return [str(programs.installed() / "psql"), *words, roles.DATABASE]


@contextmanager
def started(server: Cluster) -> Iterator[int]:
    """Run a prepared server until the block ends; give its port. Raises StackError."""
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        process = server.start(*flags(server, port), log=log)
        try:
            _wait(process, port)
            yield port
        except TimeoutError as error:
            log.seek(0)
            end = log.read().decode(errors="replace")[-2000:]
            raise StackError(f"PostgreSQL {error}; its log ends:\n{end}") from error
        finally:
            stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Close every connection and stop; do nothing when the server has stopped."""
    if process.poll() is None:
        process.send_signal(STOP_SIGNAL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Return when the server is ready. Raises TimeoutError."""
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while subprocess.run(ready_command(port), check=False).returncode != 0:
        if process.poll() is not None:
            raise TimeoutError("stopped")
        if time.monotonic() > deadline:
            raise TimeoutError(f"not ready in {READY_TIMEOUT_SECONDS:g} s")
        time.sleep(POLL_SECONDS)
