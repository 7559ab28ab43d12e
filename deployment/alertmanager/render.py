"""Render Alertmanager's configuration: insert the secrets, leave out integrations without one.

Alertmanager 0.25 reads some secrets from files and others (Discord, the webhook's URL) only from
its configuration. Therefore the file is rendered at the start, readable only for its user, and is
not in git.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "alertmanager.yml"
TEMPLATES = HERE / "templates"
URLS = ("url", "webhook_url")


class ConfigurationError(Exception):
    """A secret cannot be used. The message names its file and never its content."""


def render(secrets: Path, settings: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the configuration and its integrations, as `receiver by integration`.

    Raises ConfigurationError for a secret that cannot be read or is not a URL, and for an unknown
    time zone.
    """
    source = yaml.safe_load(SOURCE.read_text("utf-8"))
    integrations = []
    for receiver in source["receivers"]:
        for key in [name for name in receiver if name.endswith("_configs")]:
            filled = [_fill(entry, secrets, settings) for entry in receiver[key]]
            receiver[key] = [entry for entry in filled if entry is not None]
            if receiver[key]:
                integrations.append(f"{receiver['name']} by {key.removesuffix('_configs')}")
            else:
                del receiver[key]
    _set_time_zone(source["time_intervals"], settings.get("timezone", ""))
    return {key: value for key, value in source.items() if not key.startswith("x-")}, integrations


def write(
    folder: Path, secrets: Path, settings: Mapping[str, str], *, mode: int = 0o600
) -> list[str]:
    """Write alertmanager.yml and the templates into a folder; return the integrations.

    `settings`: inbox_url, console_url (without a trailing slash), runbooks_url (prefix of the
    runbook's path), timezone (of the mute times). Raises ConfigurationError.
    """
    rendered, integrations = render(secrets, settings)
    site = "".join(
        f'{{{{ define "belvedere.{name}" }}}}{settings.get(f"{name}_url", "")}{{{{ end }}}}\n'
        for name in ("console", "runbooks")
    )
    _replace(folder / "templates/site.tmpl", site, mode)
    for template in TEMPLATES.glob("*.tmpl"):
        _replace(folder / "templates" / template.name, template.read_text("utf-8"), mode)
    text = yaml.safe_dump(rendered, sort_keys=False, width=10_000, allow_unicode=True)
    _replace(folder / "alertmanager.yml", text, mode)
    return integrations


def _set_time_zone(intervals: list[dict[str, Any]], timezone: str) -> None:
    """Set the time zone of the mute times; without one they are in UTC."""
    if not timezone:
        return
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"BELVEDERE_TIMEZONE is {timezone!r}, which is not a time zone. Use a name such as "
            "Europe/Vienna, or leave it empty for UTC."
        ) from error
    for interval in intervals:
        for part in interval["time_intervals"]:
            part["location"] = timezone


def _fill(
    integration: Mapping[str, Any], secrets: Path, settings: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return an integration with its placeholders replaced; None if a required one is missing."""
    filled: dict[str, Any] = {}
    for key, value in integration.items():
        kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
        if kind == "setting":
            content = settings.get(name, "")
        elif kind in ("file", "file?"):
            content = _read(secrets / name)
            if content and key in URLS:
                _check_url(content, secrets / name)
            if content and key.endswith("_file"):
                content = str((secrets / name).absolute())
        else:
            filled[key] = value
            continue
        if content:
            filled[key] = content == "true" if key == "require_tls" else content
        elif kind != "file?":
            return None
    return filled


def _read(path: Path) -> str:
    """Return the content without surrounding whitespace; empty if the file does not exist."""
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigurationError(
            f"The secret {path} cannot be read ({reason}). Make it readable for uid {os.getuid()}, "
            "or remove the file to disable the receiver."
        ) from error


def _check_url(text: str, path: Path) -> None:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(text.split()) != 1:
        raise ConfigurationError(
            f"The secret {path} is not a URL. Write one line that begins with https://, or remove "
            "the file to disable the receiver."
        )


def _replace(path: Path, text: str, mode: int) -> None:
    """Write the file atomically, so that a reload never reads half of it; with its mode at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    partial.replace(path)
