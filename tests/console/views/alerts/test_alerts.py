"""Comparisons, what a rule would have done, and the steps of a test alert."""

import itertools
import math
from typing import Any

import numpy as np
import promql_parser
import pytest
import yaml

from console.components.alert_timeline import intervals, stretches
from console.series import Series
from console.views.alerts import backtest, test_alert
from console.views.alerts.expressions import Comparison, compute_margin, find_comparison, guess_unit
from console.views.alerts.silences import parse_matchers


def at(times: list[float], value: float = 1.0, **labels: str) -> Series:
    return Series(labels, np.array(times, dtype=float), np.full(len(times), value))


@pytest.mark.parametrize(
    ("expression", "left", "operator", "right"),
    [
        ('up{job="a"} == 0', 'up{job="a"}', "==", "0"),
        ("(rate(x_total[5m])) > 7 * 86400", "(rate(x_total[5m]))", ">", "7 * 86400"),
        ("a / b > 0.05 and b > 0.1", "a{} / b{}", ">", "0.05"),
        ("a * b and on (job) c == 1", "c{}", "==", "1"),
        ("(time() - a < 5)", "time() - a{}", "<", "5"),
    ],
)
def test_an_expression_is_taken_apart_at_the_comparison_that_decides(
    expression: str, left: str, operator: str, right: str
) -> None:
    found = find_comparison(expression)
    assert found is not None
    assert found.operator == operator
    assert found.right.replace(" ", "") == right.replace(" ", "")
    assert found.left.replace("{}", "").replace(" ", "") == left.replace("{}", "").replace(" ", "")
    promql_parser.parse(found.left)


def test_a_comparison_is_found_within_a_sum() -> None:
    found = find_comparison(
        '(up{job="a"} == 0) + on (job) group_left () sum by (job) (up{job="a"})'
    )
    assert found == Comparison('up{job="a"}', "==", "0")


def test_what_a_join_leaves_out_is_no_comparison_of_the_alert() -> None:
    names = "(info unless on (job) count by (job) (info) > 1)"
    found = find_comparison(f"share * on (job) group_left (model) {names} and on (job) drift == 1")
    assert found == Comparison("drift{}", "==", "1")
    assert find_comparison(f"share * on (job) group_left (model) {names}") is None


def test_what_compares_nothing_has_no_comparison() -> None:
    assert find_comparison("absent(up)") is None
    assert find_comparison("sum(") is None
    assert (
        find_comparison("a > 1") == Comparison("a", ">", "1")
        or find_comparison("a > 1") is not None
    )


@pytest.mark.parametrize(
    ("value", "operator", "threshold", "near"),
    [(30, ">", 60, 0.5), (90, ">", 60, 1.5), (4, "<", 2, 0.5), (-1, ">", 60, 0.0)],
)
def test_how_near_a_value_is_to_its_threshold(
    value: float, operator: str, threshold: float, near: float
) -> None:
    assert compute_margin(value, operator, threshold) == near


def test_equality_and_what_is_not_known_have_no_distance() -> None:
    assert math.isnan(compute_margin(1, "==", 1))
    assert math.isnan(compute_margin(math.nan, ">", 1))
    assert math.isnan(compute_margin(1, ">", 0))
    # one Alertmanager of at least one is as it should be, and not at its threshold
    assert math.isnan(compute_margin(1.0, "<", 1))


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("time() - model_evaluation_timestamp_seconds", "seconds"),
        ("model_evaluation_timestamp_seconds", "moment"),
        ("predict_linear(node_filesystem_avail_bytes[6h], 86400)", "bytes"),
        ("1 - node_filesystem_avail_bytes / node_filesystem_size_bytes", ""),
        ("histogram_quantile(0.95, job_le:api_request_duration_seconds_bucket:rate5m)", "seconds"),
        ("1 - avg by (instance) (rate(node_cpu_seconds_total[5m]))", ""),
        ("model_rmse_score", ""),
    ],
)
def test_a_compared_value_has_the_unit_of_its_metrics_name(expression: str, found: str) -> None:
    assert guess_unit(expression) == found


def test_an_alert_fires_at_the_first_look_after_it_held_for_long_enough() -> None:
    (held,) = backtest.find_intervals([at([0, 5, 10, 15, 20, 25], job="a")], 5, 15)
    assert (held.start, held.fired_at, held.end) == (0, 15, 30)
    assert held.name == "job=a"


def test_what_holds_too_shortly_stays_pending_and_a_gap_starts_anew() -> None:
    found = backtest.find_intervals([at([0, 5, 10, 100, 105, 110, 115, 120])], 5, 15)
    assert [item.fired_at for item in found] == [None, 115]
    assert [item.start for item in found] == [0, 100]


def test_without_a_for_it_fires_at_once() -> None:
    (held,) = backtest.find_intervals([at([50])], 5, 0)
    assert held.fired_at == 50


def test_a_long_past_is_asked_in_parts_that_prometheus_answers() -> None:
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


def test_the_rule_is_yaml_that_reads_back_as_it_was() -> None:
    expression = 'sum by (job) (rate(x_total{path=~"/a.*"}[5m]))\n  > 5'
    text = backtest.write_rule('It\'s "odd": yes', expression, 90, "critical", "größer als 5 %")
    (rule,) = yaml.safe_load(text)["groups"][0]["rules"]
    assert rule["alert"] == 'It\'s "odd": yes'
    assert rule["expr"].strip() == expression
    assert rule["for"] == "90s"
    assert rule["labels"] == {"severity": "critical"}
    assert rule["annotations"]["summary"] == "größer als 5 %"


def test_the_history_of_alerts_has_a_bar_for_each_stretch() -> None:
    found = intervals([at([0, 5, 50], alertname="A", alertstate="firing", job="j")], 5)
    assert [(bar.name, bar.state, bar.start, bar.end) for bar in found] == [
        ("A", "firing", 0, 10),
        ("A", "firing", 50, 55),
    ]
    assert found[0].text == "job=j"


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


def test_matchers_are_read_with_their_four_signs() -> None:
    found = parse_matchers('alertname=A, job=~"b.*", team!=x, model!~y')
    assert [matcher.text for matcher in found] == ["alertname=A", "job=~b.*", "team!=x", "model!~y"]
    assert [(matcher.isRegex, matcher.isEqual) for matcher in found] == [
        (False, True), (True, True), (False, False), (True, False),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["alertname", "=x", "a=", "1a=b"])
def test_what_is_no_matcher_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.strip()):
        parse_matchers(text)


def test_a_version_that_came_back_served_twice() -> None:
    found = stretches(at([0, 5, 10, 60, 65], version="a"), 5)
    assert found == [(0, 15), (60, 70)]
