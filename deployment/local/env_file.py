"""The .env file: ports and generated secrets, made once. Standard library only: it runs first.

`python3 deployment/local/env_file.py` makes it where it is missing and adds what is new.
"""

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PORTS = {
    "BELVEDERE_BIKE_API_PORT": 8080,
    "BELVEDERE_CHURN_API_PORT": 8000,
    "BELVEDERE_CONSOLE_PORT": 8501,
    "BELVEDERE_PROMETHEUS_PORT": 9090,
    "BELVEDERE_ALERTMANAGER_PORT": 9093,
    "BELVEDERE_NODE_EXPORTER_PORT": 9100,
    "BELVEDERE_GRAFANA_PORT": 3000,
    "BELVEDERE_INBOX_PORT": 9095,
}
SECRETS = {
    "GRAFANA_ADMIN_PASSWORD": "Grafana's admin password",
    "BELVEDERE_API_TOKEN": "what clients of the API send as bearer token, once it is bound beyond "
    "loopback (in Compose)",
}
SETTINGS = {
    "COMPOSE_PROFILES": (
        "demo",
        "what Compose runs beside the core: `demo` is the traffic of both models",
    ),
}
HEAD = "# Made by `make`; yours to change, never in git. Ports on this machine, then secrets."


def read(path: Path) -> dict[str, str]:
    """NAME=value lines; blank lines and # comments are passed over."""
    if not path.exists():
        return {}
    pairs = {}
    for line in path.read_text("utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            pairs[name.strip()] = value.strip().strip("'\"")
    return pairs


def ensure(path: Path) -> list[str]:
    """Add what is missing, change nothing that is there; the names that were added."""
    known = read(path)
    lines = [] if path.exists() else [HEAD]
    added = []
    for name, port in PORTS.items():
        if name not in known:
            lines.append(f"{name}={port}")
            added.append(name)
    for name, (value, meaning) in SETTINGS.items():
        if name not in known:
            lines += [f"# {meaning}", f"{name}={value}"]
            added.append(name)
    for name, meaning in SECRETS.items():
        if name not in known:
            lines += [f"# {meaning}", f"{name}={secrets.token_urlsafe(24)}"]
            added.append(name)
    if lines:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        # a file of the user's own may be readable by all, and has secrets in it now
        path.chmod(0o600)
    return added


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".env"
    try:
        if ensure(target):
            print(f"wrote {target} (ports and generated secrets)")
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(
            f"error: {target} can't be read or written ({error}): it is a text file of NAME=value "
            "lines that belongs to whoever types make."
        )
