"""Writes the .env file: ports and generated secrets. Standard library only: it runs first.

`python3 deployment/local/env_file.py` creates the file or adds the lines that are missing.
"""

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PORTS = {
    "BELVEDERE_BIKE_API_PORT": 8080,
    "BELVEDERE_CHURN_API_PORT": 8000,
    "BELVEDERE_CATS_DOGS_API_PORT": 8010,
    "BELVEDERE_CONSOLE_PORT": 8501,
    "BELVEDERE_PROMETHEUS_PORT": 9090,
    "BELVEDERE_ALERTMANAGER_PORT": 9093,
    "BELVEDERE_NODE_EXPORTER_PORT": 9100,
    "BELVEDERE_GRAFANA_PORT": 3000,
    "BELVEDERE_INBOX_PORT": 9095,
    "BELVEDERE_POSTGRES_PORT": 5432,
}
SECRETS = {
    "GRAFANA_ADMIN_PASSWORD": "Grafana's admin password",
    "BELVEDERE_API_TOKEN": "bearer token that clients of the API send where it listens beyond "
    "loopback (in Compose)",
    "BELVEDERE_POSTGRES_PASSWORD": "password of cats_dogs, the owner of the database of cats and "
    "dogs (letters, digits, - and _)",
    "BELVEDERE_POSTGRES_READER_PASSWORD": "password of belvedere_reader, who reads this database "
    "for dashboards",
    "BELVEDERE_USER_SALT": "salt of the hash that stands for a user of cats and dogs",
}
# settings that the environment may hold though .env does not
OPTIONAL = ("BELVEDERE_CATS_DOGS_DATABASE_URL",)
SETTINGS = {
    "COMPOSE_PROFILES": (
        "demo",
        "optional parts that Compose runs: `demo` is the traffic of all models",
    ),
}
HEAD = "# Written by `make`; change it as you like, never commit it. Ports, then secrets."


def read(path: Path) -> dict[str, str]:
    """Return the NAME=value lines; skip blank lines and # comments."""
    if not path.exists():
        return {}
    pairs = {}
    for line in path.read_text("utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            pairs[name.strip()] = value.strip().strip("'\"")
    return pairs


def ensure(path: Path) -> list[str]:
    """Add the missing lines, change no other; return the names that were added."""
    existing = read(path)
    lines = [] if path.exists() else [HEAD]
    added = []
    for name, port in PORTS.items():
        if name not in existing:
            lines.append(f"{name}={port}")
            added.append(name)
    for name, (value, meaning) in SETTINGS.items():
        if name not in existing:
            lines += [f"# {meaning}", f"{name}={value}"]
            added.append(name)
    for name, meaning in SECRETS.items():
        if name not in existing:
            lines += [f"# {meaning}", f"{name}={secrets.token_urlsafe(24)}"]
            added.append(name)
    if lines:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        # an existing file may be readable by all, and has secrets in it now
        path.chmod(0o600)
    return added


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".env"
    try:
        if ensure(target):
            print(f"wrote {target} (ports and generated secrets)")
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(
            f"error: {target} can't be read or written ({error}): it must be a text file of "
            "NAME=value lines that belongs to the user who runs make."
        )
