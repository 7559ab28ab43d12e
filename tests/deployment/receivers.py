"""Receivers of alerts in tests: a real HTTP server and a real mail server on loopback."""

import email
import email.message
import email.policy
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from deployment.alertmanager.render import write
from tests import servers
from tests.servers import free_port

DATA_SCIENCE, PLATFORM = "science@example.com", "platform@example.com"


class Received:
    """The received items in order: (path or recipient, content)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._items: list[tuple[str, Any]] = []
        self._arrived = threading.Condition()

    def add(self, where: str, what: Any) -> None:
        with self._arrived:
            self._items.append((where, what))
            self._arrived.notify_all()

    def at(self, where: str) -> list[Any]:
        with self._arrived:
            return [what for place, what in self._items if place == where]

    def mark(self) -> int:
        """Return the number of items so far, for `wait` to skip them."""
        with self._arrived:
            return len(self._items)

    def wait(
        self, where: str, matches: Callable[[Any], bool], seconds: float, skip: int = 0
    ) -> Any:
        """Return the first matching item at `where`; AssertionError if none arrives in time."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                for place, what in self._items[skip:]:
                    if place == where and matches(what):
                        return what
                left = deadline - time.monotonic()
                assert left > 0, f"no match at {where} in {seconds:g} s: {self._items}"
                self._arrived.wait(left)


@contextmanager
def http_receiver() -> Iterator[Received]:
    """Accept every POST of JSON on 127.0.0.1; items are stored by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.add(self.path, json.loads(body))
            # the response that Discord gives; the others accept it too
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Received(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def mail_server() -> Iterator[Received]:
    """Accept every mail on 127.0.0.1; items are stored by recipient, as EmailMessage."""
    received = Received("")

    class Handler(Message):
        def handle_message(self, message: email.message.Message) -> None:
            parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
            received.add(str(parsed["To"]), parsed)

    controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    received.url = f"127.0.0.1:{controller.port}"
    try:
        yield received
    finally:
        controller.stop()


def delivering(
    folder: Path, http: Received, mail: Received, console: str, *, muted: bool = True
) -> AbstractContextManager[servers.Server]:
    """Return an Alertmanager with our configuration, which delivers to these receivers.

    Without `muted` it sends warnings at night and at weekends, too.
    """
    secrets = folder / "secrets"
    secrets.mkdir()
    for name, value in {
        "slack_webhook_url": f"{http.url}/slack",
        "discord_webhook_url": f"{http.url}/discord",
        "webhook_url": f"{http.url}/webhook",
        "heartbeat_url": f"{http.url}/heartbeat",
        "pagerduty_platform_key": "platform-key",
        "pagerduty_data_science_key": "science-key",
        "email_smarthost": mail.url,
        "email_from": "belvedere@example.com",
        "email_require_tls": "false",
        "email_to_platform": PLATFORM,
        "email_to_data_science": DATA_SCIENCE,
    }.items():
        (secrets / name).write_text(value + "\n")
    settings = {"inbox_url": f"{http.url}/inbox", "console_url": console}
    write(folder / "alertmanager", secrets, settings)
    config = yaml.safe_load((folder / "alertmanager/alertmanager.yml").read_text())
    if not muted:
        for route in config["route"]["routes"]:
            route.pop("mute_time_intervals", None)
    # replaces PagerDuty's public URL
    config["global"] = {"pagerduty_url": f"{http.url}/pagerduty"}
    return servers.alertmanager(yaml.safe_dump(config), directory=folder / "alertmanager")
