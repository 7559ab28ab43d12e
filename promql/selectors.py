"""Build label matchers, with escaped values."""

import re
from collections.abc import Mapping

LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$])")


def selector(labels: Mapping[str, str | tuple[str, ...]]) -> str:
    """Return matchers without braces.

    {"job": "a"} is 'job="a"', {"job": ("a", "b")} is 'job=~"a|b"'.

    Raises ValueError for an invalid label name.
    """
    for name in labels:
        if not LABEL.fullmatch(name):
            raise ValueError(f"{name!r} is not a label name")
    return ",".join(_matcher(name, value) for name, value in labels.items())


def _matcher(name: str, value: str | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return f'{name}="{escaped(value)}"'
    pattern = "|".join(SPECIAL.sub(r"\\\1", item) for item in value)
    return f'{name}=~"{escaped(pattern)}"'


def escaped(value: str) -> str:
    """Return a label value escaped for double quotes."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
