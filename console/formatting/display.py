"""Numbers and times as a person reads them. Pure."""

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
LEAST_P = 1e-4
AGES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def number(value: float | None, digits: int = 3) -> str:
    """A number with its significant digits; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NONE
    if value != 0 and abs(value) < 10**-digits:
        return locale_numbers.localize(f"{value:.1e}")
    if abs(value) >= 1000:
        return locale_numbers.count(value)
    return locale_numbers.general(value, digits)


def compact(value: float | None) -> str:
    """A number that may be large, in few signs: 68.8 G."""
    if value is None or not math.isfinite(value) or abs(value) < 1e6:
        return number(value)
    size, sign = next(pair for pair in LARGE if abs(value) >= pair[0])
    return f"{locale_numbers.general(value / size, 3)} {sign}"


def count(value: int) -> str:
    """A whole number with its thousands apart."""
    return locale_numbers.count(value)


def rounded(value: float) -> str:
    """A count that was extrapolated, as a whole number; a dash where there is none."""
    return locale_numbers.count(value) if math.isfinite(value) else NONE


def signed(step: float) -> str:
    """A change with its sign."""
    if step == 0 or not math.isfinite(step):
        return "none" if step == 0 else NONE
    return f"{'+' if step > 0 else '-'}{number(abs(step))}"


def iso_moment(text: str, zone: str) -> str:
    """An ISO time as the reader's clock shows it."""
    return moment(datetime.fromisoformat(text).timestamp(), zone)


def percent(ratio: float | None) -> str:
    """A share in percent: 12.5 %, 1.2 %, 1,250 %."""
    if ratio is None or not math.isfinite(ratio):
        return NONE
    share = 100 * ratio
    if abs(share) >= 1000:
        return f"{locale_numbers.count(share)} %"
    return f"{locale_numbers.general(share, 2 if abs(share) < 10 else 3)} %"


def share(value: float | None) -> str:
    """A score between 0 and 1 with its three decimals, so that 0.700 stands beside 0.673."""
    if value is None or not math.isfinite(value):
        return NONE
    return locale_numbers.fixed(value, 3)


def p_value(p: float | None) -> str:
    """The probability of a test; one that rounds to 0 is below what one would tell apart."""
    if p is None:
        return ""
    return f"< {locale_numbers.general(LEAST_P, 1)}" if p < LEAST_P else number(p)


def interval(text: str) -> str:
    """A duration as Prometheus writes it, "30d" or "1m30s", with its units as elsewhere."""
    return " ".join(f"{size} {UNITS[unit]}" for size, unit in DURATION.findall(text)) or text


def duration(seconds: float | None) -> str:
    """12 µs, 3.4 ms, 1.2 s."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    if seconds < 0.001:
        return f"{locale_numbers.count(seconds * 1e6)} µs"
    if seconds < 1:
        return f"{locale_numbers.general(seconds * 1e3, 3)} ms"
    return f"{number(seconds)} s"


def age(seconds: float) -> str:
    """How long ago, in the largest unit that fits: 40 s, 3 min, 5 h, 2 d."""
    for size, unit in AGES:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "0 s"


def moment(epoch_seconds: float, zone: str) -> str:
    """A time as the reader's clock shows it; the day too when it is not today."""
    there = ZoneInfo(zone)
    then = datetime.fromtimestamp(epoch_seconds, there)
    same_day = then.date() == datetime.now(there).date()
    return f"{then:%H:%M:%S}" if same_day else f"{then:%Y-%m-%d %H:%M:%S}"


def time_range(start: float, end: float, zone: str) -> str:
    """From when to when: 14:03 to 15:10."""
    there = ZoneInfo(zone)
    first, last = (datetime.fromtimestamp(edge, there) for edge in (start, end))
    ends = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%m-%d %H:%M}"
    return f"{first:%m-%d %H:%M} to {ends}"


def with_unit(unit: str, value: float | None) -> str:
    """A value with its unit, as a person reads it."""
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
    """The drift gauge in words; never 0 for what was never evaluated."""
    if math.isnan(evaluated_at):
        return "never evaluated"
    if math.isnan(detected):
        return "not enough data"
    return "drift" if detected else "no drift"
