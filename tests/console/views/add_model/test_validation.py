"""What a person gives to add a model, and what is said of what its queries return."""

import math

import numpy as np
import pytest

from console.adapters.query_cache import QueryResult
from console.errors import QueryRejected, SourceTimedOut
from console.mapping import queries
from console.mapping.alternatives import list_alternatives
from console.mapping.propose import ROLES, Family, Role, propose
from console.models import models_file
from console.models.cache import free_name
from console.series import Series
from console.views.add_model import validation

SHOP = [
    Family("http_requests_total", "counter", frozenset({"handler", "status"})),
    Family("http_request_duration_seconds", "histogram", frozenset({"handler"})),
    Family("orders_total", "counter", frozenset({"country"})),
    Family("queue_seconds", "summary"),
    Family("model_accuracy", "gauge"),
    Family("process_open_fds", "gauge"),
]


def answered(*values: float) -> QueryResult:
    return QueryResult([Series({}, np.array([1.0]), np.array([value])) for value in values], 1.0)


def test_matchers_are_read_as_they_are_written() -> None:
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
def test_a_wrong_matcher_says_how_one_is_written(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        validation.parse_matchers(text)


def test_a_name_that_is_taken_or_empty_is_refused_and_a_free_one_is_found() -> None:
    assert validation.check_name("shop", ["bike"]) is None
    assert "already exists" in str(validation.check_name("shop", ["shop"]))
    assert "a name" in str(validation.check_name("  ", []))
    assert "printable" in str(validation.check_name("a\nb", []))
    assert free_name("shop", ["shop", "shop-2"]) == "shop-3"


def test_an_address_has_a_scheme_and_a_host() -> None:
    assert validation.check_url("") is None
    assert validation.check_url("http://127.0.0.1:8080") is None
    assert "not a URL" in str(validation.check_url("127.0.0.1:8080"))


def test_no_sample_not_a_number_refused_and_not_asked_are_told_apart() -> None:
    assert validation.describe_answer(answered(0.25), "ratio").value == "25 %"
    assert "1 more series" in validation.describe_answer(answered(1.0, 2.0), "").note
    assert "No samples" in validation.describe_answer(answered(), "").note
    assert "Not a number" in validation.describe_answer(answered(math.nan), "").note
    refused = QueryResult([], 0.0, QueryRejected("sum(", "unclosed left parenthesis"))
    assert "unclosed left parenthesis" in validation.describe_answer(refused, "").note
    late = QueryResult([], 0.0, SourceTimedOut("Prometheus", "http://x", 5, "up"))
    assert validation.describe_answer(late, "").note.startswith("Query failed")


def test_the_choices_of_a_role_are_those_whose_type_fits() -> None:
    def names(role: Role) -> list[str]:
        return [item.metrics[0] for item in list_alternatives(SHOP, role)]

    assert names("requests") == [
        "http_requests_total", "http_request_duration_seconds", "orders_total", "queue_seconds",
    ]  # fmt: skip
    assert names("errors") == ["http_requests_total"]
    assert set(names("latency")) == {
        "http_request_duration_seconds", "queue_seconds", "model_accuracy",
    }  # fmt: skip
    assert names("quality") == names("drift") == ["model_accuracy"]


def test_every_choice_can_be_kept_in_the_file() -> None:
    for role in ROLES:
        for item in models_file.to_mapped_queries(list_alternatives(SHOP, role)):
            assert models_file.template_error(item.query) is None


def test_a_mapped_histogram_gives_its_other_percentiles_and_its_buckets() -> None:
    (latency,) = propose(SHOP).of("latency")
    found = queries.quantiles(latency.query)
    assert list(found) == ["p50", "p95", "p99"]
    assert found["p95"].template == latency.query.template
    assert "histogram_quantile(0.99," in found["p99"].template
    buckets = queries.buckets(latency.query)
    assert buckets is not None
    assert buckets.seconds == 1
    assert buckets.query.template.startswith("sum by (le) (rate(http_request_duration_seconds_buck")


def test_the_buckets_of_milliseconds_are_told_in_seconds() -> None:
    (latency,) = propose([Family("predict_latency_ms", "histogram")]).of("latency")
    buckets = queries.buckets(latency.query)
    assert buckets is not None
    assert buckets.seconds == pytest.approx(0.001)
    assert queries.quantiles(latency.query)["p50"].template.endswith(" * 0.001")


def test_a_summary_has_no_buckets() -> None:
    (latency,) = propose([Family("api_response_time_seconds", "summary")]).of("latency")
    assert queries.buckets(latency.query) is None
    assert list(queries.quantiles(latency.query)) == ["Latency, mean"]


def test_requests_are_split_by_the_labels_that_the_queries_name() -> None:
    proposal = propose(SHOP)
    (requests,), (errors,) = proposal.of("requests"), proposal.of("errors")
    split = queries.by_route(requests.query, errors.query)
    assert split is not None
    assert split.template.startswith("sum by (handler, status) (rate(http_requests_total{")
    (bare,) = propose([Family("http_requests_total", "counter")]).of("requests")
    assert queries.by_route(bare.query, None) is None
