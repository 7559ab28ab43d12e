"""The contract between the rooms: every query names only metrics and labels that exist."""

import itertools
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from console.promql import catalogue
from model_service import models
from model_service.metrics import ServiceMetrics
from tests import servers

ROOT = Path(__file__).resolve().parents[1]
RULE_FILES = sorted((ROOT / "deployment" / "prometheus" / "rules").glob("*.yml"))
TARGET = {"job", "instance"}
BY_PROMETHEUS: dict[str, set[str]] = {
    "up": TARGET,
    "scrape_duration_seconds": TARGET,
    "ALERTS": TARGET | {"alertname", "alertstate", "severity", "team", "model"},
}
DESIGN = {
    "api_requests_total": {"endpoint", "method", "status_code"},
    "api_request_duration_seconds_bucket": {"endpoint", "method", "status_code", "le"},
    "model_rmse_score": set(),
    "model_mae_score": set(),
    "model_r2_score": set(),
    "model_mape_score": set(),
    "evidently_data_drift_detected_status": set(),
    "model_info": {"model", "version", "task"},
    "model_drift_detected": set(),
    "model_drift_share": set(),
    "model_feature_drift_score": {"feature"},
    "model_feature_drift_threshold": {"feature"},
    "model_evaluation_rows": set(),
    "model_evaluation_timestamp_seconds": set(),
    "model_evaluation_duration_seconds": set(),
    "model_evaluations_total": {"outcome"},
    "model_predictions_total": set(),
    "model_prediction_value_bucket": {"le"},
    "model_feedback_total": {"kind"},
    "model_prediction_log_rows_total": set(),
    "process_resident_memory_bytes": set(),
}


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Sample name to label names, read from the text that Prometheus would scrape."""
    model = models.load("bike-sharing", tmp_path_factory.mktemp("data"))
    found: dict[str, set[str]] = {}
    with (
        servers.node_exporter() as node,
        servers.prometheus({"node": node.address}, rules=RULE_FILES) as prometheus,
    ):
        deadline = time.monotonic() + 30
        while "prometheus_tsdb_head_samples_appended_total" not in found:
            assert time.monotonic() < deadline, "Prometheus took no sample in"
            for url in (node.url, prometheus.url):
                with urllib.request.urlopen(f"{url}/metrics") as answer:
                    _read(answer.read().decode(), found)
            time.sleep(0.5)
    registry = CollectorRegistry()
    metrics = ServiceMetrics(registry, model)
    metrics.requests.labels("/predict", "POST", "200").inc()
    metrics.duration.labels("/predict", "POST", "200").observe(0.001)
    _read(generate_latest(registry).decode(), found)
    return found


def _read(text: str, found: dict[str, set[str]]) -> None:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)


def rules() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in RULE_FILES:
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            for rule in group["rules"]:
                yield rule.get("alert") or rule["record"], rule


def queries() -> list[tuple[str, str]]:
    """Every PromQL text of the project, with the name it goes by."""
    from_console = [
        (f"console {name}", query.render({"job": "bike-api"}, "1m"))
        for name, query in catalogue.ALL.items()
    ]
    return from_console + [(f"rule {name}", rule["expr"]) for name, rule in rules()]


def recorded() -> dict[str, set[str]]:
    """The series that recording rules make: name to labels, which are those of the last `by`."""
    return {
        name: set(parse(rule["expr"]).modifier.labels) for name, rule in rules() if "record" in rule
    }


def parse(query: str) -> Any:
    return promql_parser.parse(query)


def selectors(node: Any) -> Iterator[Any]:
    """Every vector selector below a node of a parsed query."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for part in ("lhs", "rhs", "expr", "vector_selector"):
        if hasattr(node, part):
            yield from selectors(getattr(node, part))
    for argument in getattr(node, "args", []) or []:
        yield from selectors(argument)


def groupings(node: Any) -> Iterator[tuple[set[str], Any]]:
    """Every `by (...)` with the expression that it groups."""
    if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
        yield set(node.modifier.labels), node.expr
    for part in ("lhs", "rhs", "expr"):
        if hasattr(node, part):
            yield from groupings(getattr(node, part))
    for argument in getattr(node, "args", []) or []:
        yield from groupings(argument)


@pytest.mark.parametrize(("name", "query"), queries(), ids=[name for name, _ in queries()])
def test_a_query_names_only_metrics_and_labels_that_are_exposed(
    name: str, query: str, exposed: dict[str, set[str]]
) -> None:
    known = {
        **{metric: labels | TARGET for metric, labels in exposed.items()},
        **recorded(),
        **BY_PROMETHEUS,
    }
    parsed = promql_parser.parse(query)
    found = list(selectors(parsed))
    assert found, f"{name} selects nothing"
    for selected in found:
        assert selected.name in known, f"{name} asks for {selected.name}, which nothing exposes"
        for matcher in selected.matchers.matchers:
            assert matcher.name in known[selected.name], f"{selected.name} has no {matcher.name}"
    for labels, grouped in groupings(parsed):
        has = set(itertools.chain(*(known[item.name] for item in selectors(grouped))))
        assert labels <= has, f"{name} groups by {labels - has}, which is not there"


def test_the_service_exposes_what_the_design_names(exposed: dict[str, set[str]]) -> None:
    for metric, labels in DESIGN.items():
        assert metric in exposed, f"{metric} is not exposed"
        assert exposed[metric] == labels, metric
