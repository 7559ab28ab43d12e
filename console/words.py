"""Numbers and times as a person reads them. Pure."""

import math

NONE = "–"
AGES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def number(value: float | None, digits: int = 3) -> str:
    """A number with its significant digits; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NONE
    if value != 0 and abs(value) < 10**-digits:
        return f"{value:.1e}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def percent(ratio: float | None) -> str:
    if ratio is None or not math.isfinite(ratio):
        return NONE
    return f"{100 * ratio:.2g} %" if 0 < ratio < 0.1 else f"{100 * ratio:.0f} %"


def duration(seconds: float | None) -> str:
    """12 µs, 3.4 ms, 1.2 s."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s"


def age(seconds: float) -> str:
    """How long ago, in the largest unit that fits: 40 s, 3 min, 5 h, 2 d."""
    for size, unit in AGES:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "0 s"


def verdict(detected: float, evaluated_at: float) -> str:
    """The drift gauge in words; never 0 for what was never evaluated."""
    if math.isnan(evaluated_at):
        return "never evaluated"
    if math.isnan(detected):
        return "not enough data"
    return "drift" if detected else "no drift"
