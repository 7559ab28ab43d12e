"""The steps of a test alert."""

from typing import Any

import numpy as np

from console.series import Series
from console.views.alerts import test_alert


def at(times: list[float], value: float = 1.0, **labels: str) -> Series:
    return Series(labels, np.array(times, dtype=float), np.full(len(times), value))


def test_the_steps_of_a_test_alert_come_one_after_the_other() -> None:
    gauge = Series({}, np.array([100.0, 105, 110]), np.array([0.0, 1, 1]))
    pending = at([110], alertname="Drift", alertstate="pending")
    firing = at([125, 130], alertname="Drift", alertstate="firing")
    told: list[dict[str, Any]] = [
        {"labels": {"alertname": "Drift"}, "receivers": [{"name": "team"}]}
    ]

    def moments(*alerts: Series, held: list[dict[str, Any]], now: float) -> list[float | None]:
        found = test_alert.build_steps(101, [gauge], alerts, held, now, 5)
        assert [step.name for step in found] == list(test_alert.STEPS)
        return [step.at for step in found]

    assert moments(held=[], now=106) == [101, 105, None, None, None, None]
    assert moments(pending, held=[], now=112) == [101, 105, 110, None, None, None]
    assert moments(pending, firing, held=[], now=131) == [101, 105, 110, 125, None, None]
    assert moments(pending, firing, held=told, now=131) == [101, 105, 110, 125, 125, None]
    assert moments(pending, firing, held=[], now=200) == [101, 105, 110, 125, 125, 135]
