"""Numbers as the reader's country writes them; the one place that knows separators. Pure."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

ENGLISH = Locale("en")


class _Reader:
    """Who tells the locale of the person that a number is written for, as "de-DE"."""

    def __init__(self) -> None:
        self.ask: Callable[[], str | None] = lambda: None


_reader = _Reader()


def set_locale_source(ask: Callable[[], str | None]) -> None:
    """`ask` is called at every number: several people look at once, each with a locale."""
    _reader.ask = ask


def locale() -> Locale:
    return _parsed(_reader.ask() or "en")


@lru_cache(maxsize=256)
def _parsed(name: str) -> Locale:
    try:
        return Locale.parse(name.partition("-u-")[0].replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return ENGLISH


def general(value: float, digits: int) -> str:
    """Significant digits without needless zeros: 1,230 or 0.0123; tiny ones as 1.2e-05."""
    return localize(f"{value:.{digits}g}")


def count(value: float) -> str:
    """A whole number: 12,345."""
    return localize(f"{value:.0f}")


def fixed(value: float, decimals: int, *, signed: bool = False) -> str:
    """So many decimals and no fewer: 0.10, or +0.10 where a difference has its sign."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    if signed:
        pattern = f"+{pattern};-{pattern}"
    return format_decimal(Decimal(f"{value:.{decimals}f}"), format=pattern, locale=locale())


def localize(plain: str) -> str:
    """A number as Python writes it ("-1234.5", "1.2e-05") as the reader's country writes it."""
    return _written(plain, locale())


@lru_cache(maxsize=8192)
def _written(plain: str, where: Locale) -> str:
    mantissa, _, exponent = plain.partition("e")
    if exponent and -5 < int(exponent) < 16:
        mantissa, exponent = format(Decimal(plain), "f"), ""
    said = format_decimal(Decimal(mantissa), locale=where, decimal_quantization=False)
    return f"{said}e{exponent}" if exponent else said


def separators() -> str:
    """The decimal sign and the sign between thousands, as Plotly takes them."""
    found = locale()
    return get_decimal_symbol(found) + get_group_symbol(found)
