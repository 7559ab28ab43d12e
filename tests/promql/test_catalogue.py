"""The catalogue asks each question once, whatever the labels that the answer is grouped by."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import promql_parser
import pytest

from promql.catalogue import QUERIES, with_breakdowns
from promql.query import Query

SELECTED = {"job": "any"}


def parsed(query: Query) -> Any:
    return promql_parser.parse(query.render(SELECTED, "5m"))


def normalised(node: Any, *, aggregated: bool = True) -> object:
    """A nested tuple that is equal for equal expressions, without the matchers of the selector.

    Without `aggregated` every aggregation is replaced by what it aggregates.
    """

    def inner(part: Any) -> object:
        return normalised(part, aggregated=aggregated)

    match node:
        case promql_parser.ParenExpr():
            return inner(node.expr)
        case promql_parser.AggregateExpr():
            if not aggregated:
                return inner(node.expr)
            modifier = node.modifier
            labels = sorted(modifier.labels) if modifier is not None else []
            kind = str(modifier.type) if modifier is not None and labels else ""
            return (str(node.op), kind, *labels, inner(node.expr))
        case promql_parser.BinaryExpr():
            return (str(node.op), _matching(node.modifier), inner(node.lhs), inner(node.rhs))
        case promql_parser.Call():
            return (node.func.name, *(inner(argument) for argument in node.args))
        case promql_parser.MatrixSelector():
            return ("range", str(node.range), inner(node.vector_selector))
        case promql_parser.SubqueryExpr():
            return ("subquery", str(node.range), str(node.step), inner(node.expr))
        case promql_parser.VectorSelector():
            matchers = sorted(
                (matcher.name, str(matcher.op), matcher.value)
                for matcher in node.matchers.matchers
                if (matcher.name, matcher.value) != ("job", SELECTED["job"])
            )
            return (node.name, str(node.offset), *matchers)
        case promql_parser.UnaryExpr():
            return ("-", inner(node.expr))
    return str(node)


def _matching(modifier: Any) -> object:
    if modifier is None:
        return None
    matching = modifier.matching
    labels = (str(matching.type), *sorted(matching.labels)) if matching is not None else ()
    return (str(modifier.card), labels, modifier.return_bool)


def pairs_that_are_equal(queries: dict[str, Query], *, aggregated: bool) -> Iterator[str]:
    trees = {
        name: normalised(parsed(query), aggregated=aggregated) for name, query in queries.items()
    }
    for (first, left), (second, right) in combinations(trees.items(), 2):
        if left == right:
            yield f"{first} = {second}"


def test_no_two_queries_are_equal() -> None:
    assert list(pairs_that_are_equal(with_breakdowns(), aggregated=True)) == []


def test_no_two_queries_ask_the_same_with_another_aggregation() -> None:
    assert list(pairs_that_are_equal(QUERIES, aggregated=False)) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("sum(rate(a_total[5m]))", "sum by (x) (rate(a_total[5m]))"),
        ("max(a{job='any'})", "a"),
        ("(1 - avg(a)) / b", "(1 - a) / max by (x) (b)"),
        ("sum(a{x='1',y='2'})", "max(a{y='2',x='1'})"),
    ],
    ids=["grouping", "selector", "nested", "order of matchers"],
)
def test_the_same_question_with_another_aggregation_is_recognised(first: str, second: str) -> None:
    left, right = promql_parser.parse(first), promql_parser.parse(second)
    assert normalised(left) != normalised(right)
    assert normalised(left, aggregated=False) == normalised(right, aggregated=False)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a", "b"),
        ("rate(a[5m])", "rate(a[1h])"),
        ("rate(a[5m])", "increase(a[5m])"),
        ("a{x='1'}", "a{x!='1'}"),
        ("a", "a offset 1h"),
        ("a / b", "b / a"),
        ("a and on (x) b", "a and on (y) b"),
        ("histogram_quantile(0.5, a)", "histogram_quantile(0.9, a)"),
    ],
)
def test_different_questions_are_told_apart(first: str, second: str) -> None:
    left, right = promql_parser.parse(first), promql_parser.parse(second)
    assert normalised(left, aggregated=False) != normalised(right, aggregated=False)


@pytest.mark.parametrize("name", with_breakdowns())
def test_every_query_is_valid_and_described(name: str) -> None:
    query = with_breakdowns()[name]
    promql_parser.parse(query.render({"job": "a"}, "60s"))
    promql_parser.parse(query.matching())
    assert query.title
    assert query.description.endswith(".")


def test_a_breakdown_adds_its_labels_to_the_aggregation_and_to_the_title() -> None:
    requests = Query("Requests", "", "Requests.", "sum${by}(a)", breakdowns=(("code", "job"),))
    buckets = Query("Buckets", "", "Buckets.", "sum${by}(a)", ("le",), (("job",),))
    assert requests.matching() == "sum(a)"
    assert requests.by("code", "job").matching() == "sum by (code, job) (a)"
    assert requests.by("code", "job").title == "Requests by code and job"
    assert buckets.by("job").matching() == "sum by (job, le) (a)"


def test_a_breakdown_that_the_query_does_not_allow_is_rejected() -> None:
    with pytest.raises(ValueError, match="no breakdown"):
        QUERIES["traffic.REQUEST_RATE"].by("instance")


def test_a_query_without_matchers_has_no_empty_selector() -> None:
    query = Query("", "", "", 'a{${selector}} + b{${selector},x="1"} + c{x="1",${selector}}')
    assert query.matching() == 'a + b{x="1"} + c{x="1"}'
    assert query.matching('y="2"') == 'a{y="2"} + b{y="2",x="1"} + c{x="1",y="2"}'
