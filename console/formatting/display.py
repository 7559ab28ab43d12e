"""Formats numbers and times for the reader. Pure."""

import math
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from console.formatting import locale_numbers

NONE = "–"
LARGE = ((1e12, "T"), (1e9, "G"), (1e6, "M"))
DURATION = re.compile(r"(\d+)(ms|[smhdwy])")
UNITS = {
    "ms": "ms", "s": "s", "m": "min", "h": "h", "d": "d", "w": "weeks", "y": "years",
}  # fmt: skip
MIN_P = 1e-4
AGES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def number(value: float | None, digits: int = 3) -> str:
    """Format a number with significant digits; a dash if there is no value."""
    if value is None or not math.isfinite(value):
        return NONE
    if value != 0 and abs(value) < 10**-digits:
        return locale_numbers.localize(f"{value:.1e}")
    if abs(value) >= 1000:
        return locale_numbers.count(value)
    return locale_numbers.general(value, digits)


def compact(value: float | None) -> str:
    """Format a number briefly: 68.8 G."""
    if value is None or not math.isfinite(value) or abs(value) < 1e6:
        return number(value)
    size, sign = next(pair for pair in LARGE if abs(value) >= pair[0])
    return f"{locale_numbers.general(value / size, 3)} {sign}"


def count(value: int) -> str:
    """Format an integer with thousands separators."""
    return locale_numbers.count(value)


def rounded(value: float) -> str:
    """Format an extrapolated count as an integer; a dash if there is no value."""
    return locale_numbers.count(value) if math.isfinite(value) else NONE


def signed(change: float) -> str:
    """Format a change with its sign; "none" for 0."""
    if change == 0 or not math.isfinite(change):
        return "none" if change == 0 else NONE
    return f"{'+' if change > 0 else '-'}{number(abs(change))}"


def iso_moment(text: str, zone: str) -> str:
    """Format an ISO 8601 time in the reader's time zone."""
    return moment(datetime.fromisoformat(text).timestamp(), zone)


def percent(ratio: float | None) -> str:
    """Format a ratio in percent: 12.5 %, 1.2 %, 1,250 %."""
    if ratio is None or not math.isfinite(ratio):
        return NONE
    share = 100 * ratio
    if abs(share) >= 1000:
        return f"{locale_numbers.count(share)} %"
    return f"{locale_numbers.general(share, 2 if abs(share) < 10 else 3)} %"


def share(value: float | None) -> str:
    """Format a score between 0 and 1 with three decimals, so that columns align: 0.700."""
    if value is None or not math.isfinite(value):
        return NONE
    return locale_numbers.fixed(value, 3)


def p_value(p: float | None) -> str:
    """Format a p-value; one below the smallest number shown is "< 0.0001"."""
    if p is None:
        return ""
    return f"< {locale_numbers.general(MIN_P, 1)}" if p < MIN_P else number(p)


def interval(text: str) -> str:
    """Format a Prometheus duration such as "30d" or "1m30s" with our units."""
    return " ".join(f"{size} {UNITS[unit]}" for size, unit in DURATION.findall(text)) or text


def duration(seconds: float | None) -> str:
    """Format seconds with a fitting unit: 12 µs, 3.4 ms, 1.2 s."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    if seconds < 0.001:
        return f"{locale_numbers.count(seconds * 1e6)} µs"
    if seconds < 1:
        return f"{locale_numbers.general(seconds * 1e3, 3)} ms"
    return f"{number(seconds)} s"


def age(seconds: float) -> str:
    """Format an age in the largest unit that fits: 40 s, 3 min, 5 h, 2 d."""
    for size, unit in AGES:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "0 s"


def moment(epoch_seconds: float, zone: str) -> str:
    """Format epoch seconds in a time zone; with the date if it is not today."""
    time_zone = ZoneInfo(zone)
    local = datetime.fromtimestamp(epoch_seconds, time_zone)
    same_day = local.date() == datetime.now(time_zone).date()
    return f"{local:%H:%M:%S}" if same_day else f"{local:%Y-%m-%d %H:%M:%S}"


def time_range(start: float, end: float, zone: str) -> str:
    """Format a time range: 11-25 14:03 to 15:10."""
    time_zone = ZoneInfo(zone)
    first, last = (datetime.fromtimestamp(edge, time_zone) for edge in (start, end))
    ends = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%m-%d %H:%M}"
    return f"{first:%m-%d %H:%M} to {ends}"


def with_unit(unit: str, value: float | None) -> str:
    """Format a value with its unit, scaled to a readable size."""
    if value is None or not math.isfinite(value):
        return NONE
    if unit == "ratio":
        return percent(value)
    if unit == "seconds":
        return duration(value)
    if unit.startswith("bytes"):
        for size, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
            if abs(value) >= size:
                return (
                    f"{locale_numbers.general(value / size, 3)} {name}{unit.removeprefix('bytes')}"
                )
        return f"{locale_numbers.count(value)} B{unit.removeprefix('bytes')}"
    return f"{number(value)} {unit}".strip()


def drift_verdict(detected: float, evaluated_at: float) -> str:
    """Format the drift gauge; a model without evaluations is not "no drift"."""
    if math.isnan(evaluated_at):
        return "never evaluated"
    if math.isnan(detected):
        return "not enough data"
    return "drift" if detected else "no drift"
