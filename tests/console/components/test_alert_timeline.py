"""The intervals of alerts and versions."""

import numpy as np

from console.components.alert_timeline import intervals, stretches
from console.series import Series


def at(times: list[float], value: float = 1.0, **labels: str) -> Series:
    return Series(labels, np.array(times, dtype=float), np.full(len(times), value))


def test_the_alert_history_has_a_bar_per_interval() -> None:
    found = intervals([at([0, 5, 50], alertname="A", alertstate="firing", job="j")], 5)
    assert [(bar.name, bar.state, bar.start, bar.end) for bar in found] == [
        ("A", "firing", 0, 10),
        ("A", "firing", 50, 55),
    ]
    assert found[0].text == "job=j"


def test_a_version_that_came_back_has_two_intervals() -> None:
    found = stretches(at([0, 5, 10, 60, 65], version="a"), 5)
    assert found == [(0, 15), (60, 70)]
