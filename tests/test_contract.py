"""The contract between the packages: every query uses only metrics and labels that exist."""

import itertools
import json
import re
import shutil
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

from model_service import models
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.churn import versions
from promql import monitoring_stack
from promql.catalogue import with_breakdowns
from tests import servers

ROOT = Path(__file__).resolve().parents[1]
RULE_FILES = sorted((ROOT / "deployment" / "prometheus" / "rules").glob("*.yml"))
DASHBOARDS = sorted((ROOT / "deployment" / "grafana" / "dashboards").glob("*.json"))
GRAFANA_RULES = ROOT / "deployment" / "grafana" / "provisioning" / "alerting" / "rules.yml"
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
    "model_roc_auc_score": set(),
    "model_accuracy_score": set(),
    "model_log_loss_score": set(),
    "api_request_latency_seconds_bucket": {"endpoint", "method", "status_code", "le"},
    "model_info": {"model", "version", "task"},
    "model_candidate_info": {"model", "version", "task"},
    "model_target_rate_difference": set(),
    "model_drift_detected": set(),
    "model_drift_share": set(),
    "model_prediction_drift_score": set(),
    "model_target_drift_score": set(),
    "model_truth_lag_seconds": set(),
    "model_predictions_without_truth": set(),
    "model_estimated_score": {"score"},
    "model_estimated_score_lower": {"score"},
    "model_estimated_score_upper": {"score"},
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
    "cv_predictions_total": {"predicted_class"},
    "cv_low_confidence_predictions_total": set(),
    "cv_inference_time_seconds_bucket": {"le"},
    "cv_user_feedback_total": {"feedback_type"},
    "cv_database_connected": set(),
    "cv_image_size_bytes_bucket": {"le"},
    "cv_unique_users": set(),
    "process_resident_memory_bytes": set(),
}


@pytest.fixture(scope="module")
def exposed(
    trained: Path,
    trained_churn: Path,
    trained_cats_dogs: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, set[str]]:
    """Label names by sample of all models, read from the text that Prometheus would scrape."""
    churn = tmp_path_factory.mktemp("contract") / "churn"
    shutil.copytree(trained_churn, churn)
    versions.retrain(churn, "month_001")
    labels_by_sample: dict[str, set[str]] = {}
    folders = {"bike-sharing": trained, "churn": churn, "cats-dogs": trained_cats_dogs}
    for name, folder in folders.items():
        registry = CollectorRegistry()
        metrics = ServiceMetrics(registry, models.load(name, folder))
        metrics.requests.labels("/predict", "POST", "200").inc()
        for histogram in metrics.durations:
            histogram.labels("/predict", "POST", "200").observe(0.001)
        for sample, labels in labels_of(generate_latest(registry).decode()).items():
            labels_by_sample.setdefault(sample, set()).update(labels)
    return labels_by_sample


@pytest.fixture(scope="module")
def monitoring_stack_samples() -> dict[str, set[str]]:
    """Label names by sample of node-exporter, Alertmanager and Prometheus."""
    labels_by_sample: dict[str, set[str]] = {}
    with (
        servers.node_exporter() as node,
        servers.alertmanager() as manager,
        servers.prometheus(
            {"node": node.address}, rules=RULE_FILES, alertmanager=manager.address
        ) as prometheus,
    ):
        # Prometheus exposes its counters of an Alertmanager after the first alert
        deadline = time.monotonic() + 300
        required = {
            "prometheus_notifications_errors_total",
            "prometheus_tsdb_head_samples_appended_total",
        }
        while not required <= set(labels_by_sample) and time.monotonic() < deadline:
            time.sleep(0.2)
            for server in (node, manager, prometheus):
                with urllib.request.urlopen(f"{server.url}/metrics", timeout=120) as response:
                    labels_by_sample |= labels_of(response.read().decode())
    return labels_by_sample


def labels_of(text: str) -> dict[str, set[str]]:
    labels_by_sample: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels_by_sample.setdefault(sample.name, set()).update(sample.labels)
    return labels_by_sample


def rules() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in RULE_FILES:
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            for rule in group["rules"]:
                yield rule.get("alert") or rule["record"], rule


def queries() -> list[tuple[str, str]]:
    """Return every PromQL text of the project with a name."""
    from_console = [
        (name, query.render({"job": "bike-api"}, "5m")) for name, query in with_breakdowns().items()
    ]
    from_rules = [(f"rule {name}", rule["expr"]) for name, rule in rules()]
    return from_console + from_rules + list(from_grafana())


def from_grafana() -> Iterator[tuple[str, str]]:
    """Yield the queries of the committed dashboards (panels, annotations, variables) and alerts."""
    for file in DASHBOARDS:
        content = json.loads(file.read_text("utf-8"))
        for panel in content["panels"]:
            for target in panel.get("targets", []):
                if "rawSql" in target:
                    continue
                expression = re.sub(r"\$__(rate_interval|range)", "5m", target["expr"])
                yield f"{file.stem} {panel['title']} {target['refId']}", expression
        for mark in content["annotations"]["list"]:
            yield f"{file.stem} annotation {mark['name']}", mark["expr"]
        for variable in content["templating"]["list"]:
            if variable["type"] == "query":
                selector, _, label = variable["query"][len("label_values(") : -1].rpartition(", ")
                # the label must exist too: a grouping is compared with the exposed labels
                yield f"{file.stem} variable {variable['name']}", f"count by ({label}) ({selector})"
    for group in yaml.safe_load(GRAFANA_RULES.read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            yield f"grafana {rule['title']}", rule["data"][0]["model"]["expr"]


def recorded() -> dict[str, set[str]]:
    """Return the labels of recorded series, which their name begins with."""
    return {name: set(name.split(":")[0].split("_")) for name, rule in rules() if "record" in rule}


def parse(query: str) -> Any:
    return promql_parser.parse(query)


def selectors(node: Any) -> Iterator[Any]:
    """Yield every vector selector below a node of a parsed query."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for part in ("lhs", "rhs", "expr", "vector_selector"):
        if hasattr(node, part):
            yield from selectors(getattr(node, part))
    for argument in getattr(node, "args", []) or []:
        yield from selectors(argument)


def groupings(node: Any) -> Iterator[tuple[set[str], Any]]:
    """Yield the labels of every `by (...)` with the expression that it groups."""
    if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
        yield set(node.modifier.labels), node.expr
    for part in ("lhs", "rhs", "expr"):
        if hasattr(node, part):
            yield from groupings(getattr(node, part))
    for argument in getattr(node, "args", []) or []:
        yield from groupings(argument)


@pytest.mark.parametrize(("name", "query"), queries(), ids=[name for name, _ in queries()])
def test_a_query_uses_only_metrics_and_labels_that_are_exposed(
    name: str,
    query: str,
    exposed: dict[str, set[str]],
    monitoring_stack_samples: dict[str, set[str]],
) -> None:
    label_names = {
        **{
            metric: labels | TARGET
            for metric, labels in (monitoring_stack_samples | exposed).items()
        },
        **recorded(),
        **BY_PROMETHEUS,
    }
    parsed = promql_parser.parse(query)
    selected_series = list(selectors(parsed))
    assert selected_series or query == monitoring_stack.ALWAYS.matching(), f"{name} selects nothing"
    for selected in selected_series:
        assert selected.name in label_names, f"{name} uses {selected.name}, which nothing exposes"
        for matcher in selected.matchers.matchers:
            assert matcher.name in label_names[selected.name], (
                f"{selected.name} has no {matcher.name}"
            )
    for labels, grouped in groupings(parsed):
        has = set(itertools.chain(*(label_names[item.name] for item in selectors(grouped))))
        assert labels <= has, f"{name} groups by {labels - has}, which does not exist"


@pytest.mark.parametrize(
    ("name", "rule"), [(name, rule) for name, rule in rules() if "record" in rule]
)
def test_a_recording_rule_keeps_the_labels_in_its_name(name: str, rule: dict[str, Any]) -> None:
    parsed = parse(rule["expr"])
    label_sets = [labels for labels, _ in groupings(parsed)]
    if label_sets:
        assert all(labels == recorded()[name] for labels in label_sets)
    else:
        assert {selected.name in recorded() for selected in selectors(parsed)} == {True}


def test_the_service_exposes_the_metrics_of_the_design(exposed: dict[str, set[str]]) -> None:
    for metric, labels in DESIGN.items():
        assert metric in exposed, f"{metric} is not exposed"
        assert exposed[metric] == labels, metric
