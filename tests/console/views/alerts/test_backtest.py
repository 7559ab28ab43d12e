"""What a rule would have done."""

import itertools

import numpy as np
import yaml

from console.series import Series
from console.views.alerts import backtest


def at(times: list[float], value: float = 1.0, **labels: str) -> Series:
    return Series(labels, np.array(times, dtype=float), np.full(len(times), value))


def test_an_alert_fires_at_the_first_evaluation_after_its_for_duration() -> None:
    (held,) = backtest.find_intervals([at([0, 5, 10, 15, 20, 25], job="a")], 5, 15)
    assert (held.start, held.fired_at, held.end) == (0, 15, 30)
    assert held.name == "job=a"


def test_a_short_interval_stays_pending_and_a_gap_starts_a_new_interval() -> None:
    found = backtest.find_intervals([at([0, 5, 10, 100, 105, 110, 115, 120])], 5, 15)
    assert [item.fired_at for item in found] == [None, 115]
    assert [item.start for item in found] == [0, 100]


def test_without_a_for_duration_it_fires_immediately() -> None:
    (held,) = backtest.find_intervals([at([50])], 5, 0)
    assert held.fired_at == 50


def test_a_long_time_is_split_into_parts_that_prometheus_accepts() -> None:
    parts = backtest.split_span(0, 7 * 86_400)
    assert all((part.end - part.start) / part.step <= 11_000 for part in parts)
    assert parts[0].start == 0
    assert parts[-1].end == 7 * 86_400 - 7 * 86_400 % parts[0].step
    for before, after in itertools.pairwise(parts):
        assert after.start - before.end == before.step


def test_series_are_joined_over_the_parts_by_their_labels() -> None:
    joined = backtest.join_series([[at([1, 2], job="a"), at([1], job="b")], [at([3], job="a")]])
    by_job = {series.labels["job"]: series.times.tolist() for series in joined}
    assert by_job == {"a": [1, 2, 3], "b": [1]}


def test_the_rule_is_yaml_that_parses_to_the_same_values() -> None:
    expression = 'sum by (job) (rate(x_total{path=~"/a.*"}[5m]))\n  > 5'
    text = backtest.write_rule('It\'s "odd": yes', expression, 90, "critical", "größer als 5 %")
    (rule,) = yaml.safe_load(text)["groups"][0]["rules"]
    assert rule["alert"] == 'It\'s "odd": yes'
    assert rule["expr"].strip() == expression
    assert rule["for"] == "90s"
    assert rule["labels"] == {"severity": "critical"}
    assert rule["annotations"]["summary"] == "größer als 5 %"
