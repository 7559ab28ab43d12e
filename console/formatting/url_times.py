"""Times of an address: epoch seconds or milliseconds, or relative as Grafana writes them. Pure."""

import math
import re

RELATIVE = re.compile(r"now(?:-(\d+)([smhdw]))?")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
# seconds of the year 5138, milliseconds of 1973
FIRST_MILLISECONDS = 1e11


def parse_time(text: str, now: float) -> float:
    """Epoch seconds. Raises ValueError for what is no time."""
    found = RELATIVE.fullmatch(text)
    if found is not None:
        return now - (int(found[1]) * SECONDS[found[2]] if found[1] else 0)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is no time")
    return number / 1000 if abs(number) >= FIRST_MILLISECONDS else number
