"""The comparison in an alert expression."""

import math

import promql_parser
import pytest

from console.views.alerts.expressions import Comparison, compute_margin, find_comparison, guess_unit


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
def test_an_expression_is_split_at_the_comparison_that_decides(
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


def test_the_right_side_of_unless_is_not_the_comparison_of_the_alert() -> None:
    names = "(info unless on (job) count by (job) (info) > 1)"
    found = find_comparison(f"share * on (job) group_left (model) {names} and on (job) drift == 1")
    assert found == Comparison("drift{}", "==", "1")
    assert find_comparison(f"share * on (job) group_left (model) {names}") is None


def test_an_expression_without_a_comparison_has_none() -> None:
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


def test_equality_and_unknown_values_have_no_distance() -> None:
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
def test_a_compared_value_has_the_unit_of_its_metric_name(expression: str, found: str) -> None:
    assert guess_unit(expression) == found
