"""Names of the series in a chart."""

from typing import Any

import numpy as np

from console.components.chart_panels import Panel, _named
from console.series import Series

LABELS = {"job": "node", "device": "sda", "instance": "a:1"}


def series(labels: dict[str, str]) -> Series:
    return Series(labels, np.array([0.0]), np.array([1.0]))


def panel(**options: Any) -> Panel:
    return Panel("Disk", "bytes", "Bytes.", [], **options)


def test_series_keep_their_labels_by_default() -> None:
    assert _named(series(LABELS), "", panel()).labels == LABELS


def test_a_named_series_shows_its_name_and_the_labels_that_tell_it_apart() -> None:
    item = panel(series_labels=("device", "instance"))
    assert _named(series(LABELS), "read", item).name == "read, sda, a:1"
    assert _named(series(LABELS), "read", panel()).name == "read"


def test_a_series_without_a_name_shows_only_the_labels_that_tell_it_apart() -> None:
    assert _named(series(LABELS), "", panel(series_labels=("device",))).name == "sda"


def test_a_series_without_labels_gets_the_title_of_the_chart() -> None:
    assert _named(series({}), "", panel()).name == "Disk"
