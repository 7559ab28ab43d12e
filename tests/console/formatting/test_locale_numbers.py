"""Numbers as the reader's country writes them."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest

from console import charts
from console.formatting import display, locale_numbers, tables
from console.series import Series

Reader = Callable[[str | None], None]


@pytest.fixture
def reader() -> Iterator[Reader]:
    """Says whose numbers they are; afterwards nobody's."""
    yield lambda locale: locale_numbers.set_locale_source(lambda: locale)
    locale_numbers.set_locale_source(lambda: None)


def test_a_difference_keeps_its_sign_and_trailing_zeros(reader: Reader) -> None:
    reader("de-DE")
    assert locale_numbers.fixed(0.1, 2, signed=True) == "+0,10"
    assert locale_numbers.fixed(-1234.5, 1, signed=True) == "-1.234,5"
    assert locale_numbers.fixed(2.0, 2) == "2,00"


@pytest.mark.parametrize(
    ("locale", "large", "small", "tiny"),
    [
        ("en-US", "1,234,568", "0.123", "1.2e-05"),
        ("de-DE", "1.234.568", "0,123", "1,2e-05"),
        ("de-CH", "1’234’568", "0.123", "1.2e-05"),
        ("fr", "1\u202f234\u202f568", "0,123", "1,2e-05"),
        ("en-IN", "12,34,568", "0.123", "1.2e-05"),
        ("zh-Hant-TW", "1,234,568", "0.123", "1.2e-05"),
        ("xx-nowhere", "1,234,568", "0.123", "1.2e-05"),
        (None, "1,234,568", "0.123", "1.2e-05"),
    ],
)
def test_numbers_have_the_separators_of_the_locale(
    reader: Reader, locale: str | None, large: str, small: str, tiny: str
) -> None:
    reader(locale)
    assert display.count(1_234_568) == display.number(1_234_567.8) == large
    assert display.number(0.12345) == small
    assert display.number(0.000012) == tiny


def test_numbers_with_units_follow_the_locale(reader: Reader) -> None:
    reader("de")
    assert display.duration(1.234) == "1,23 s"
    assert display.duration(0.00342) == "3,42 ms"
    assert display.percent(0.0123) == "1,2 %"
    assert display.percent(12.5) == "1.250 %"
    assert display.with_unit("bytes/s", 1_230_000) == "1,23 MB/s"
    assert display.signed(-1234.0) == "-1.234"
    assert display.compact(68_822_786_048.0) == "68,8 G"
    assert display.compact(604_800.0) == "604.800"


@pytest.mark.usefixtures("reader")
def test_two_sessions_have_separate_locales() -> None:
    turns = iter(["de", "en"])
    locale_numbers.set_locale_source(lambda: next(turns))
    assert [display.number(0.5), display.number(0.5)] == ["0,5", "0.5"]


def test_the_threshold_and_separators_of_a_chart_follow_the_locale(reader: Reader) -> None:
    reader("de")
    found = [Series({}, np.arange(2.0), np.array([1.0, 2.0]))]
    drawn = charts.lines(found, "requests/s", threshold=1.5)
    assert drawn.layout.annotations[0].text == "threshold 1,5"
    assert locale_numbers.separators() == ",."


def test_a_table_formats_numbers_and_keeps_them_sortable(reader: Reader) -> None:
    reader("de")
    frame = pd.DataFrame({"rows": [1234, 5], "score": [0.5, None], "name": ["a", "b"]})
    shown = tables.format_columns(
        frame, {"rows": tables.counts, "score": display.number, "other": str}
    )
    text = shown.to_html()
    assert ">1.234<" in text
    assert ">0,5<" in text
    assert shown.data["rows"].tolist() == [1234, 5]  # type: ignore[attr-defined]
