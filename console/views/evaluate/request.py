"""Builds the request of an evaluation as the service reads it, and describes it. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.formatting import locale_numbers

LIVE = ("last_hours", "last_rows")
REFERENCE_WORDS = {"match": "the same", "window": "period", "upload": "file"}


def build_interval(
    start: datetime | None, end: datetime | None, zone: str
) -> dict[str, str] | None:
    """Return an interval of local times in UTC, or None without start and end.

    Raises ValueError if it ends before it starts.
    """
    if start is not None and end is not None and start >= end:
        raise ValueError(f"The end, {end:%Y-%m-%d %H:%M}, must be after the start.")
    ends = {"start": start, "end": end}
    limits = {
        name: moment.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC")).isoformat()
        for name, moment in ends.items()
        if moment is not None
    }
    return limits or None


def build_request(
    current: Mapping[str, Any], reference: Mapping[str, Any], name: str, tags: list[str]
) -> dict[str, Any]:
    """Return the body of POST /evaluations, without the empty fields."""
    body: dict[str, Any] = dict(current)
    if reference:
        body["reference"] = dict(reference)
    if name.strip():
        body["evaluation_period_name"] = name.strip()
    if tags:
        body["tags"] = tags
    return body


def is_repeatable(current: Mapping[str, Any]) -> bool:
    """Return whether the request selects new rows each time, so that it can be repeated."""
    return any(name in current for name in LIVE)


def describe(request: Mapping[str, Any] | str) -> str:
    """Describe what a stored request evaluates."""
    if isinstance(request, str):
        return request
    chosen = {k: v for k, v in (request.get("reference") or {}).items() if v is not None}
    reference = ", ".join(_describe_reference(name, value) for name, value in chosen.items())
    clock = ", by event time" if request.get("by") == "event" else ""
    if request.get("last_hours") is not None:
        current = f"the last {locale_numbers.general(request['last_hours'], 6)} h of the log{clock}"
    elif request.get("last_rows") is not None:
        current = f"the last {locale_numbers.count(request['last_rows'])} rows of the log{clock}"
    else:
        current = str(request.get("name") or request.get("source") or "rows")
    return f"{current}, compared with {reference or 'the training data'}"


def _describe_reference(name: str, value: Any) -> str:
    if name == "hours_before":
        return f"the {locale_numbers.general(value, 6)} h before"
    if name == "interval":
        return f"{value.get('start') or 'the first row'} to {value.get('end') or 'the last row'}"
    return f"{REFERENCE_WORDS.get(name, name)} {value}"
