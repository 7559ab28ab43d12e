"""What a person asks to be evaluated, as the service reads it. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.formatting import locale_numbers

LIVE = ("last_hours", "last_rows")


def interval(start: datetime | None, end: datetime | None, zone: str) -> dict[str, str] | None:
    """The interval of clock times in a zone, in UTC; None where neither end is given.

    Raises ValueError when it ends before it starts.
    """
    if start is not None and end is not None and start >= end:
        raise ValueError(f"The end, {end:%Y-%m-%d %H:%M}, must be after the start.")
    ends = {"start": start, "end": end}
    made = {
        name: moment.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC")).isoformat()
        for name, moment in ends.items()
        if moment is not None
    }
    return made or None


def request(
    current: Mapping[str, Any], reference: Mapping[str, Any], name: str, tags: list[str]
) -> dict[str, Any]:
    """The body of POST /evaluations; what was left empty is left out."""
    made: dict[str, Any] = dict(current)
    if reference:
        made["reference"] = dict(reference)
    if name.strip():
        made["evaluation_period_name"] = name.strip()
    if tags:
        made["tags"] = tags
    return made


def live(current: Mapping[str, Any]) -> bool:
    """Does it mean other rows each time, so that it can be repeated?"""
    return any(name in current for name in LIVE)


def words(asked: Mapping[str, Any] | str) -> str:
    """What a kept request evaluates, for a person."""
    if isinstance(asked, str):
        return asked
    given = {k: v for k, v in (asked.get("reference") or {}).items() if v is not None}
    against = ", ".join(_reference(name, value) for name, value in given.items())
    by = ", by event time" if asked.get("by") == "event" else ""
    if asked.get("last_hours") is not None:
        current = f"the last {locale_numbers.general(asked['last_hours'], 6)} h of the log{by}"
    elif asked.get("last_rows") is not None:
        current = f"the last {locale_numbers.count(asked['last_rows'])} rows of the log{by}"
    else:
        current = str(asked.get("name") or asked.get("source") or "rows")
    return f"{current}, compared with {against or 'the training data'}"


def _reference(name: str, value: Any) -> str:
    if name == "hours_before":
        return f"the {locale_numbers.general(value, 6)} h before"
    if name == "interval":
        return f"{value.get('start') or 'the first row'} to {value.get('end') or 'the last row'}"
    return f"{'same' if name == 'match' else name} {value}"
