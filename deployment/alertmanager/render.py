"""Makes Alertmanager's file from ours: puts the secrets in, leaves out what has none.

Alertmanager 0.25 reads some secrets from files, others (Discord, the webhook's URL) only from its
configuration; so the file that it reads is made at the start, for its user alone, and never in git.
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
    """A secret can't be used; the message names its file and never its content."""


def render(secrets: Path, settings: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The configuration, and the ways that are in it as `receiver by integration`.

    Raises ConfigurationError for a secret that can't be read or is no address, and for a time zone
    that nobody knows.
    """
    source = yaml.safe_load(SOURCE.read_text("utf-8"))
    ways = []
    for receiver in source["receivers"]:
        for key in [name for name in receiver if name.endswith("_configs")]:
            filled = [_filled(way, secrets, settings) for way in receiver[key]]
            receiver[key] = [way for way in filled if way is not None]
            if receiver[key]:
                ways.append(f"{receiver['name']} by {key.removesuffix('_configs')}")
            else:
                del receiver[key]
    _place(source["time_intervals"], settings.get("timezone", ""))
    return {key: value for key, value in source.items() if not key.startswith("x-")}, ways


def write(
    folder: Path, secrets: Path, settings: Mapping[str, str], *, mode: int = 0o600
) -> list[str]:
    """Write alertmanager.yml and templates into folder, each in one step; the ways that are in it.

    `settings`: inbox_url, console_url (no slash at its end), runbooks_url (put before the
    runbook's path), timezone (of the quiet times). Raises ConfigurationError.
    """
    rendered, ways = render(secrets, settings)
    site = "".join(
        f'{{{{ define "belvedere.{name}" }}}}{settings.get(f"{name}_url", "")}{{{{ end }}}}\n'
        for name in ("console", "runbooks")
    )
    _replace(folder / "templates/site.tmpl", site, mode)
    for template in TEMPLATES.glob("*.tmpl"):
        _replace(folder / "templates" / template.name, template.read_text("utf-8"), mode)
    text = yaml.safe_dump(rendered, sort_keys=False, width=10_000, allow_unicode=True)
    _replace(folder / "alertmanager.yml", text, mode)
    return ways


def _place(intervals: list[dict[str, Any]], timezone: str) -> None:
    """Have the quiet times be those of a place; UTC without one."""
    if not timezone:
        return
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"BELVEDERE_TIMEZONE is {timezone!r}, which is no time zone: write one such as "
            "Europe/Vienna, or nothing for UTC."
        ) from error
    for interval in intervals:
        for part in interval["time_intervals"]:
            part["location"] = timezone


def _filled(
    way: Mapping[str, Any], secrets: Path, settings: Mapping[str, str]
) -> dict[str, Any] | None:
    """One way of notifying with its placeholders replaced; None if one that it needs is missing."""
    filled: dict[str, Any] = {}
    for key, value in way.items():
        kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
        if kind == "setting":
            found = settings.get(name, "")
        elif kind in ("file", "file?"):
            found = _read(secrets / name)
            if found and key in URLS:
                _check_address(found, secrets / name)
            if found and key.endswith("_file"):
                found = str((secrets / name).absolute())
        else:
            filled[key] = value
            continue
        if found:
            filled[key] = found == "true" if key == "require_tls" else found
        elif kind != "file?":
            return None
    return filled


def _read(path: Path) -> str:
    """The content without surrounding space; empty if there is no such file."""
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigurationError(
            f"The secret {path} can't be read ({reason}): make it readable for uid {os.getuid()}, "
            "or take it away to go without that receiver."
        ) from error


def _check_address(text: str, path: Path) -> None:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(text.split()) != 1:
        raise ConfigurationError(
            f"The secret {path} is no address: write one line that begins with https://, or take "
            "the file away to go without that receiver."
        )


def _replace(path: Path, text: str, mode: int) -> None:
    """In one step, so that a reload never reads half a file; with its mode from the beginning."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    partial.replace(path)
