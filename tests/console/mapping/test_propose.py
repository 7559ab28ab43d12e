"""Other services' metrics mapped to queries: by source, by type, and what could not be mapped."""

import promql_parser
import pytest

from console.mapping.metric_families import Family, group_families
from console.mapping.propose import Proposal, propose


def family(name: str, kind: str, *labels: str, quantiles: tuple[str, ...] = ()) -> Family:
    return Family(name, kind, frozenset(labels), "", frozenset(quantiles))


def rendered(proposal: Proposal, role: str) -> str:
    """The first query of a role, for job "a" over a minute."""
    found = next(item for item in proposal.mapped if item.role == role)
    return found.query.render({"job": "a"}, "1m")


SOURCES = {
    "starlette_exporter": (
        [
            family("starlette_requests_total", "counter", "method", "path", "status_code"),
            family("starlette_request_duration_seconds", "histogram", "path", "status_code"),
        ],
        'status_code=~"5.."',
        "starlette_request_duration_seconds_bucket",
    ),
    "BentoML": (
        [
            family("bentoml_service_request_total", "counter", "endpoint", "http_response_code"),
            family("bentoml_service_request_duration_seconds", "histogram", "endpoint"),
        ],
        'http_response_code=~"5.."',
        "bentoml_service_request_duration_seconds_bucket",
    ),
    "MLflow": (
        [
            family("flask_http_request_total", "counter", "method", "status"),
            family("flask_http_request_duration_seconds", "histogram", "path", "status"),
        ],
        'status=~"5.."',
        "flask_http_request_duration_seconds_bucket",
    ),
    "Seldon": (
        [family("seldon_api_executor_server_requests_seconds", "histogram", "code", "service")],
        'seldon_api_executor_server_requests_seconds_count{job="a",code=~"5.."}',
        "seldon_api_executor_server_requests_seconds_bucket",
    ),
    "its name": (
        [
            family("api_requests_total", "counter", "endpoint", "method", "status_code"),
            family("api_request_latency_seconds", "histogram", "endpoint", "method"),
        ],
        'status_code=~"5.."',
        "api_request_latency_seconds_bucket",
    ),
}


@pytest.mark.parametrize("source", SOURCES)
def test_requests_errors_and_latency_of_a_known_source(source: str) -> None:
    given, errors, latency = SOURCES[source]
    proposal = propose(given)
    for role in ("requests", "errors", "latency"):
        assert rendered(proposal, role)
        promql_parser.parse(rendered(proposal, role))
    assert errors in rendered(proposal, "errors")
    assert latency in rendered(proposal, "latency")
    assert {item.convention for item in proposal.mapped} == {source}
    assert proposal.unmapped == ()


def test_triton_counts_success_and_failure_and_microseconds() -> None:
    proposal = propose(
        [
            family("nv_inference_request_success", "counter", "model"),
            family("nv_inference_request_failure", "counter", "model"),
            family("nv_inference_request_duration_us", "counter", "model"),
            family("nv_inference_queue_duration_us", "counter", "model"),
            family("nv_gpu_utilization", "gauge"),
        ]
    )
    assert rendered(proposal, "errors").startswith("sum(rate(nv_inference_request_failure{")
    assert rendered(proposal, "latency").endswith("* 1e-06")
    assert "success" in rendered(proposal, "requests")
    assert "failure" in rendered(proposal, "requests")
    assert proposal.unmapped == ("nv_inference_queue_duration_us",)


def test_torchserve_counts_by_class_and_takes_the_mean_of_microseconds() -> None:
    proposal = propose(
        [
            family("ts_inference_requests_total", "counter", "model_name"),
            family("ts_inference_latency_microseconds", "counter", "model_name"),
            *(family(f"Requests{code}XX", "counter", "Level") for code in (2, 4, 5)),
        ]
    )
    assert "ts_inference_requests_total" in rendered(proposal, "requests")
    assert rendered(proposal, "errors").startswith("sum(rate(Requests5XX{")
    assert rendered(proposal, "latency") == (
        'sum(rate(ts_inference_latency_microseconds{job="a"}[1m])) / '
        '(sum(rate(ts_inference_requests_total{job="a"}[1m]))) * 1e-06'
    )


def test_kserve_has_latency_but_no_status_code() -> None:
    proposal = propose([family("request_predict_seconds", "histogram", "model_name")])
    assert rendered(proposal, "requests") == 'sum(rate(request_predict_seconds_count{job="a"}[1m]))'
    assert list(proposal.problems) == ["errors", "quality", "drift"]
    assert "no label with the status code" in proposal.problems["errors"]


@pytest.mark.parametrize(
    ("given", "query"),
    [
        (
            family("api_response_time_seconds", "histogram"),
            "histogram_quantile(0.95, sum by (le) "
            '(rate(api_response_time_seconds_bucket{job="a"}[1m])))',
        ),
        (
            family("api_response_time_seconds", "summary"),
            'sum(rate(api_response_time_seconds_sum{job="a"}[1m])) / '
            'sum(rate(api_response_time_seconds_count{job="a"}[1m]))',
        ),
        (
            family("api_response_time_seconds", "summary", quantiles=("0.5", "0.95")),
            'max(api_response_time_seconds{job="a",quantile="0.95"})',
        ),
        (family("api_response_time_seconds", "gauge"), 'avg(api_response_time_seconds{job="a"})'),
        (
            family("shop_latency_ms", "summary"),
            'sum(rate(shop_latency_ms_sum{job="a"}[1m])) / '
            'sum(rate(shop_latency_ms_count{job="a"}[1m])) * 0.001',
        ),
    ],
    ids=["histogram", "summary", "quantiles", "gauge", "milliseconds"],
)
def test_the_type_decides_the_query_for_latency(given: Family, query: str) -> None:
    assert rendered(propose([given]), "latency") == query


def test_a_counter_with_a_latency_name_is_not_latency() -> None:
    proposal = propose([family("cv_inference_time_seconds", "counter")])
    assert proposal.for_role("latency") == ()
    assert proposal.unmapped == ("cv_inference_time_seconds",)


def test_scrapes_and_health_checks_are_excluded_if_a_label_has_the_path() -> None:
    proposal = propose([family("http_requests_total", "counter", "handler", "status")])
    assert 'handler!~"/metrics|/health' in rendered(proposal, "requests")
    bare = propose([family("http_requests_total", "counter", "status")])
    assert rendered(bare, "requests") == 'sum(rate(http_requests_total{job="a"}[1m]))'


def test_every_known_gauge_of_quality_and_drift_is_proposed() -> None:
    names = [
        "evidently_data_drift_detected_status", "data_drift_detected",
        "evidently_drifted_columns_share", "covariate_drift_score", "model_rmse_score",
        "val_accuracy", "churn_roc_auc", "model_macro_cost",
    ]  # fmt: skip
    proposal = propose([family(name, "gauge") for name in names])
    assert {item.metrics[0] for item in proposal.for_role("drift")} == set(names[:4])
    assert [item.query.title for item in proposal.for_role("quality")] == [
        "RMSE",
        "Accuracy",
        "ROC AUC",
    ]
    assert proposal.unmapped == ("model_macro_cost",)


def test_a_job_without_known_metrics_has_a_problem_for_every_role() -> None:
    proposal = propose([family("lorries_loaded", "gauge"), family("process_open_fds", "gauge")])
    assert proposal.mapped == ()
    assert len(proposal.problems) == 5
    assert proposal.unmapped == ("lorries_loaded",)


def test_families_get_their_type_from_the_metadata() -> None:
    series = [
        {"__name__": "a_seconds_bucket", "le": "1", "path": "/x", "job": "j"},
        {"__name__": "a_seconds_sum", "path": "/x"},
        {"__name__": "a_seconds_count", "path": "/x"},
        {"__name__": "a_seconds_created", "path": "/x"},
        {"__name__": "b_seconds", "quantile": "0.95"},
        {"__name__": "b_seconds_sum"},
        {"__name__": "b_seconds_count"},
        {"__name__": "hits_total", "status": "200"},
        {"__name__": "door_count"},
    ]
    types = {"a_seconds": ("histogram", "A"), "b_seconds": ("summary", ""), "hits": ("counter", "")}
    found = {item.name: item for item in group_families(series, types)}
    assert {name: item.type for name, item in found.items()} == {
        "a_seconds": "histogram", "b_seconds": "summary", "hits_total": "counter",
        "door_count": "gauge",
    }  # fmt: skip
    assert found["a_seconds"].labels == {"path"}
    assert found["a_seconds"].help == "A"
    assert found["b_seconds"].quantiles == {"0.95"}


def test_without_metadata_the_series_decide_the_type() -> None:
    series = [{"__name__": f"a_seconds_{part}"} for part in ("bucket", "sum", "count")]
    series += [{"__name__": "b_sum"}, {"__name__": "b_count"}, {"__name__": "hits_total"}]
    found = {item.name: item.type for item in group_families(series, {})}
    assert found == {"a_seconds": "histogram", "b": "summary", "hits_total": "counter"}
