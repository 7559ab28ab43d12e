"""Parses times in URLs: epoch seconds or milliseconds, or relative ones as in Grafana. Pure."""

import math
import re

RELATIVE = re.compile(r"now(?:-(\d+)([smhdw]))?")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
# as seconds the year 5138, as milliseconds 1973
FIRST_MILLISECONDS = 1e11


def parse_time(text: str, now: float) -> float:
    """Return epoch seconds. Raises ValueError if the text is not a time."""
    relative = RELATIVE.fullmatch(text)
    if relative is not None:
        return now - (int(relative[1]) * SECONDS[relative[2]] if relative[1] else 0)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is not a time. Write for example now-6h or epoch seconds")
    return number / 1000 if abs(number) >= FIRST_MILLISECONDS else number
