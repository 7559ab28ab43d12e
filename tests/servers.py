"""Real Prometheus, Alertmanager and node-exporter on free ports, each as a context manager."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deployment.local.tools import Tools, find

# against a server that hangs: a loaded machine needs a minute
READY_TIMEOUT_SECONDS = 180.0


@dataclass
class Server:
    """A running server: its address, folder, log and process."""

    url: str
    port: int
    directory: Path
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """host:port, as a Prometheus target."""
        return f"127.0.0.1:{self.port}"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the server and all that it started; do nothing when it has ended."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(60)


@cache
def tools() -> Tools:
    """Return the real programs, found or fetched as for the stack without Docker."""
    return find()


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 on which nothing listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def free_ports(count: int) -> list[int]:
    """Return different TCP ports of 127.0.0.1 on which nothing listens now."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [int(listener.getsockname()[1]) for listener in listeners]


def wait_until_answers(url: str, server: Server, timeout: float = READY_TIMEOUT_SECONDS) -> None:
    """Return when url answers below 400; fail with the end of the log otherwise."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    end = server.log.read_text(errors="replace")[-3000:]
    raise AssertionError(f"{url} did not answer within {timeout:.0f} s; its log ends:\n{end}")


@contextmanager
def started(
    command: Sequence[str],
    port: int,
    ready: str,
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
    timeout: float = READY_TIMEOUT_SECONDS,
) -> Iterator[Server]:
    """Run a command that serves 127.0.0.1:port until the block ends; `ready` is a path to poll."""
    with ExitStack() as stack:
        if directory is None:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="belvedere-")))
        directory.mkdir(parents=True, exist_ok=True)
        log = directory / "server.log"
        output = stack.enter_context(log.open("ab"))
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        server = Server(f"http://127.0.0.1:{port}", port, directory, log, process)
        try:
            wait_until_answers(f"{server.url}{ready}", server, timeout)
            yield server
        finally:
            server.stop()


@contextmanager
def prometheus(
    scrape: Mapping[str, str] | None = None,
    *,
    config: str | None = None,
    rules: Sequence[Path] = (),
    alertmanager: str | None = None,
    scrape_interval: str = "1s",
    directory: Path | None = None,
    port: int | None = None,
) -> Iterator[Server]:
    """Run a Prometheus that scrapes job -> host:port, or that has a whole configuration.

    rules are rule files, alertmanager a host:port to notify. The first scrape comes within
    about 5 seconds of the start: poll a query for it.
    """
    with ExitStack() as stack:
        if directory is None:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="belvedere-")))
        directory.mkdir(parents=True, exist_ok=True)
        if config is None:
            # JSON is YAML, and quotes every path
            config = json.dumps(
                {
                    "global": {
                        "scrape_interval": scrape_interval,
                        "evaluation_interval": scrape_interval,
                    },
                    "rule_files": [str(path.absolute()) for path in rules],
                    "alerting": {
                        "alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]
                        if alertmanager
                        else []
                    },
                    "scrape_configs": [
                        {"job_name": job, "static_configs": [{"targets": [address]}]}
                        for job, address in (scrape or {}).items()
                    ],
                }
            )
        (directory / "prometheus.yml").write_text(config)
        port = port or free_port()
        command = [
            *tools().prometheus_command,
            f"--config.file={directory / 'prometheus.yml'}",
            f"--storage.tsdb.path={directory / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--web.enable-lifecycle",
        ]
        yield stack.enter_context(started(command, port, "/-/ready", directory))


@contextmanager
def alertmanager(
    config: str | None = None, *, directory: Path | None = None, port: int | None = None
) -> Iterator[Server]:
    """Run an Alertmanager; without a config, alerts go to a receiver that notifies nobody."""
    with ExitStack() as stack:
        if directory is None:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="belvedere-")))
        directory.mkdir(parents=True, exist_ok=True)
        text = config or "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
        (directory / "alertmanager.yml").write_text(text)
        port = port or free_port()
        command = [
            *tools().alertmanager_command,
            f"--config.file={directory / 'alertmanager.yml'}",
            f"--storage.path={directory / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ]
        yield stack.enter_context(started(command, port, "/-/ready", directory))


@contextmanager
def node_exporter(port: int | None = None) -> Iterator[Server]:
    """Run a node-exporter of this machine."""
    port = port or free_port()
    command = [str(tools().node_exporter), f"--web.listen-address=127.0.0.1:{port}"]
    with started(command, port, "/metrics") as server:
        yield server
