"""Writes the files of Prometheus and Alertmanager: those of Compose with local addresses."""

import os
from collections.abc import Mapping
from pathlib import Path

from deployment.alertmanager import render
from deployment.local.errors import StackError
from deployment.local.programs import HOST, ROOT

PROMETHEUS_FILES = ROOT / "deployment" / "prometheus"
# address in Compose to the setting of the port here
ADDRESSES = {
    "bike-api:8080": "BELVEDERE_BIKE_API_PORT",
    "churn-api:8000": "BELVEDERE_CHURN_API_PORT",
    "cats-dogs-api:8010": "BELVEDERE_CATS_DOGS_API_PORT",
    "console:8501": "BELVEDERE_CONSOLE_PORT",
    "prometheus:9090": "BELVEDERE_PROMETHEUS_PORT",
    "alertmanager:9093": "BELVEDERE_ALERTMANAGER_PORT",
    "node-exporter:9100": "BELVEDERE_NODE_EXPORTER_PORT",
}


def write(folder: Path, settings: Mapping[str, str]) -> list[str]:
    """Write both into folder/run; return who is notified, as `receiver by integration`.

    Raises StackError and writes nothing if a secret can't be used.
    """
    console = f"http://{HOST}:{settings['BELVEDERE_CONSOLE_PORT']}"

    def setting(name: str) -> str:
        return os.environ.get(name) or settings.get(name, "")

    addresses = {
        "inbox_url": f"http://{HOST}:{settings['BELVEDERE_INBOX_PORT']}/",
        "console_url": (setting("BELVEDERE_CONSOLE_URL") or console).rstrip("/"),
        "runbooks_url": setting("BELVEDERE_RUNBOOKS_URL"),
        "timezone": setting("BELVEDERE_TIMEZONE"),
    }
    # relative to the project's folder, as in Compose
    secrets = ROOT / (setting("BELVEDERE_SECRETS_DIR") or "secrets")
    try:
        receivers = render.write(folder / "run" / "alertmanager", secrets, addresses)
    except render.ConfigurationError as error:
        raise StackError(str(error)) from error
    _write_prometheus(folder / "run" / "prometheus", settings)
    return receivers


def _write_prometheus(target: Path, settings: Mapping[str, str]) -> None:
    current = set()
    for source in PROMETHEUS_FILES.rglob("*.yml"):
        name = source.relative_to(PROMETHEUS_FILES)
        if name.parts[0] == "tests":
            continue
        text = source.read_text("utf-8")
        if name.parts[0] == "targets":
            for address, variable in ADDRESSES.items():
                text = text.replace(address, f"{HOST}:{settings[variable]}")
        _replace(target / name, text)
        current.add(target / name)
    for old in set(target.rglob("*.yml")) - current:
        old.unlink()


def _replace(path: Path, text: str) -> None:
    """Replace the file in one step: Prometheus watches it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text("utf-8") == text:
        return
    partial = path.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)
