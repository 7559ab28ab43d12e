"""The notification log: a webhook receiver that prints the notifications of Alertmanager.

It keeps the last 500 in memory. Start it with `python -m demo.inbox --port 9095`.
"""

import argparse
import json
import sys
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MAX_ENTRIES = 500
MAX_BODY_BYTES = 2**20
SOCKET_TIMEOUT_SECONDS = 10.0


class Inbox:
    """The last notifications, one entry for each alert, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=MAX_ENTRIES)
        self._lock = threading.Lock()

    def add(self, notification: dict[str, Any]) -> None:
        """Add the alerts of Alertmanager's webhook body (version 4).

        Raises KeyError, TypeError or AttributeError for another body.
        """
        now = time.time()
        entries = [
            {
                "received_at": now,
                "status": str(alert["status"]),
                "labels": dict(alert["labels"]),
                "annotations": dict(alert["annotations"]),
                "starts_at": alert["startsAt"],
            }
            for alert in notification["alerts"]
        ]
        with self._lock:
            self._entries.extend(entries)
        for entry in entries:
            print(line(entry), flush=True)

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._entries)


def line(entry: dict[str, Any]) -> str:
    """Return one alert of a notification as a line of text."""
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry["received_at"]))
    name = entry["labels"].get("alertname", "?")
    text = entry["annotations"].get("description", "")
    return f"{moment}  {entry['status'].upper():<8}  {name}: {text}"


class Handler(BaseHTTPRequestHandler):
    """POST takes a notification, GET shows them: / as text, /notifications as JSON, /health."""

    server: "Server"
    timeout = SOCKET_TIMEOUT_SECONDS

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self._answer(413, f"Send a body of at most {MAX_BODY_BYTES} bytes, with its length.")
            return
        try:
            self.server.inbox.add(json.loads(self.rfile.read(int(length))))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._answer(400, f"This is not a notification of Alertmanager ({error!r}).")
        else:
            self._answer(200, "stored")

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        entries = self.server.inbox.entries()
        if path == "/notifications":
            self._answer(200, json.dumps({"notifications": entries}), "application/json")
        elif path == "/health":
            self._answer(200, "ok")
        elif path == "/":
            text = "\n".join(map(line, reversed(entries))) or "No notifications yet."
            self._answer(200, f"Notifications, newest first\n\n{text}\n")
        else:
            self._answer(404, "The paths are /, /notifications and /health.")

    def _answer(self, status: int, text: str, content_type: str = "text/plain") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Requests are not logged: the notifications are."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        super().__init__((host, port), Handler)
        self.inbox = Inbox()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--port", type=int, default=9095, help="default: %(default)s")
    options = parser.parse_args(arguments)
    try:
        server = Server(options.host, options.port)
    except OSError as error:
        print(
            f"error: can't listen on {options.host}:{options.port} ({error.strerror}): "
            "choose another port with --port.",
            file=sys.stderr,
        )
        return 1
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
