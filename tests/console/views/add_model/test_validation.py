"""The fields of an added model and the current values of its queries."""

import math

import numpy as np
import pytest

from console.adapters.query_cache import QueryResult
from console.errors import QueryRejected, SourceTimedOut
from console.models.cache import free_name
from console.series import Series
from console.views.add_model import validation


def answered(*values: float) -> QueryResult:
    return QueryResult([Series({}, np.array([1.0]), np.array([value])) for value in values], 1.0)


def test_matchers_are_parsed_as_they_are_written() -> None:
    given = {"job": "shop", "env": 'a "b" \\ c'}
    assert validation.parse_matchers(validation.write_matchers(given)) == given


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "at least one matcher"),
        ("job=shop", "Write label="),
        ('job="a" env="b"', "separated by commas"),
        ('job=~"a.*"', "is not a matcher"),
    ],
)
def test_an_invalid_matcher_shows_the_correct_syntax(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        validation.parse_matchers(text)


def test_a_used_or_empty_name_is_rejected_and_a_free_one_is_proposed() -> None:
    assert validation.check_name("shop", ["bike"]) is None
    assert "already exists" in str(validation.check_name("shop", ["shop"]))
    assert "a name" in str(validation.check_name("  ", []))
    assert "printable" in str(validation.check_name("a\nb", []))
    assert free_name("shop", ["shop", "shop-2"]) == "shop-3"


def test_a_url_has_a_scheme_and_a_host() -> None:
    assert validation.check_url("") is None
    assert validation.check_url("http://127.0.0.1:8080") is None
    assert "not a URL" in str(validation.check_url("127.0.0.1:8080"))


def test_no_samples_nan_rejected_and_failed_queries_have_different_notes() -> None:
    assert validation.describe_answer(answered(0.25), "ratio").value == "25 %"
    assert "1 more series" in validation.describe_answer(answered(1.0, 2.0), "").note
    assert "No samples" in validation.describe_answer(answered(), "").note
    assert "Not a number" in validation.describe_answer(answered(math.nan), "").note
    refused = QueryResult([], 0.0, QueryRejected("sum(", "unclosed left parenthesis"))
    assert "unclosed left parenthesis" in validation.describe_answer(refused, "").note
    late = QueryResult([], 0.0, SourceTimedOut("Prometheus", "http://x", 5, "up"))
    assert validation.describe_answer(late, "").note.startswith("Request failed")
