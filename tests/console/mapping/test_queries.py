"""Further queries of mapped metrics."""

import pytest

from console.mapping import queries
from console.mapping.metric_families import Family
from console.mapping.propose import propose

SHOP = [
    Family("http_requests_total", "counter", frozenset({"handler", "status"})),
    Family("http_request_duration_seconds", "histogram", frozenset({"handler"})),
    Family("orders_total", "counter", frozenset({"country"})),
    Family("queue_seconds", "summary"),
    Family("model_accuracy", "gauge"),
    Family("process_open_fds", "gauge"),
]


def test_a_mapped_histogram_has_other_percentiles_and_its_buckets() -> None:
    (latency,) = propose(SHOP).for_role("latency")
    found = queries.percentile_queries(latency.query)
    assert list(found) == ["p50", "p95", "p99"]
    assert found["p95"].template == latency.query.template
    assert "histogram_quantile(0.99," in found["p99"].template
    buckets = queries.bucket_query(latency.query)
    assert buckets is not None
    assert buckets.seconds == 1
    assert buckets.query.template.startswith("sum by (le) (rate(http_request_duration_seconds_buck")


def test_buckets_of_milliseconds_are_converted_to_seconds() -> None:
    (latency,) = propose([Family("predict_latency_ms", "histogram")]).for_role("latency")
    buckets = queries.bucket_query(latency.query)
    assert buckets is not None
    assert buckets.seconds == pytest.approx(0.001)
    assert queries.percentile_queries(latency.query)["p50"].template.endswith(" * 0.001")


def test_a_summary_has_no_buckets() -> None:
    (latency,) = propose([Family("api_response_time_seconds", "summary")]).for_role("latency")
    assert queries.bucket_query(latency.query) is None
    assert list(queries.percentile_queries(latency.query)) == ["Latency, mean"]


def test_requests_are_grouped_by_the_labels_in_the_queries() -> None:
    proposal = propose(SHOP)
    (requests,), (errors,) = proposal.for_role("requests"), proposal.for_role("errors")
    split = queries.route_query(requests.query, errors.query)
    assert split is not None
    assert split.template.startswith("sum by (handler, status) (rate(http_requests_total{")
    (bare,) = propose([Family("http_requests_total", "counter")]).for_role("requests")
    assert queries.route_query(bare.query, None) is None
