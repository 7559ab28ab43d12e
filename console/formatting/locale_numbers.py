"""Formats numbers in the reader's locale; the only place that knows separators. Pure."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

ENGLISH = Locale("en")


class _LocaleSource:
    """Returns the name of the reader's locale, such as "de-DE"."""

    def __init__(self) -> None:
        self.read: Callable[[], str | None] = lambda: None


_source = _LocaleSource()


def set_locale_source(read: Callable[[], str | None]) -> None:
    """Set where the locale comes from; it is read for every number, as each session has its own."""
    _source.read = read


def locale() -> Locale:
    """Return the locale of the current session; English if it is unknown."""
    return _parse_locale(_source.read() or "en")


@lru_cache(maxsize=256)
def _parse_locale(name: str) -> Locale:
    try:
        return Locale.parse(name.partition("-u-")[0].replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return ENGLISH


def general(value: float, digits: int) -> str:
    """Format significant digits without trailing zeros: 1,230, 0.0123, 1.2e-05."""
    return localize(f"{value:.{digits}g}")


def count(value: float) -> str:
    """Format an integer: 12,345."""
    return localize(f"{value:.0f}")


def fixed(value: float, decimals: int, *, signed: bool = False) -> str:
    """Format a fixed number of decimals: 0.10, or +0.10 if `signed`."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    if signed:
        pattern = f"+{pattern};-{pattern}"
    return format_decimal(Decimal(f"{value:.{decimals}f}"), format=pattern, locale=locale())


def localize(plain: str) -> str:
    """Convert a number in Python's notation ("-1234.5", "1.2e-05") to the reader's locale."""
    return _localize(plain, locale())


@lru_cache(maxsize=8192)
def _localize(plain: str, target: Locale) -> str:
    mantissa, _, exponent = plain.partition("e")
    if exponent and -5 < int(exponent) < 16:
        mantissa, exponent = format(Decimal(plain), "f"), ""
    text = format_decimal(Decimal(mantissa), locale=target, decimal_quantization=False)
    return f"{text}e{exponent}" if exponent else text


def separators() -> str:
    """Return the decimal and the thousands separator, as Plotly expects them."""
    current = locale()
    return get_decimal_symbol(current) + get_group_symbol(current)
