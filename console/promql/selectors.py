"""Builds label selectors, with values escaped as PromQL wants them."""

import re
from collections.abc import Mapping

LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def selector(labels: Mapping[str, str]) -> str:
    """Matchers without braces: selector({"job": "a"}) is 'job="a"'. Raises ValueError."""
    for name in labels:
        if not LABEL.fullmatch(name):
            raise ValueError(f"{name!r} is no label name")
    return ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items())


def escaped(value: str) -> str:
    """A label value as it stands between double quotes."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
