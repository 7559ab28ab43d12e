"""Alert rules, their promtool tests and the runbook fit together."""

import json
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployment.generate import __main__ as generated
from deployment.local.programs import ROOT
from model_service.metrics.serving import DURATION_BUCKETS
from model_service.models.base import SCORE_BUCKETS
from model_service.models.bike_sharing.data import SCHEMA
from model_service.models.churn import data as churn
from promql import by_model, classifier, objectives
from tests.servers import alertmanager, prometheus, tools

PROMETHEUS = ROOT / "deployment/prometheus"
RULE_FILES = sorted((PROMETHEUS / "rules").glob("*_rules.yml"))
TEST_FILES = sorted((PROMETHEUS / "tests").glob("*.yml"))
# alerts on missing values
VALUELESS = (
    "BikeApiNotWatched", "ChurnApiNotWatched", "CatsDogsApiNotWatched",
    "ModelNeverEvaluated", "ModelQualityUnknown",
)  # fmt: skip


def alerts() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load((PROMETHEUS / "rules/alert_rules.yml").read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def checked(*command: str | Path) -> str:
    process = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@pytest.mark.parametrize("name", alerts())
def test_every_alert_has_a_severity_a_team_a_description_and_a_runbook_section(name: str) -> None:
    rule = alerts()[name]
    assert rule["labels"]["severity"] in ("critical", "warning", "none")
    assert rule["labels"]["team"] in ("platform", "data-science")
    assert rule["annotations"]["summary"]
    description = rule["annotations"]["description"]
    assert "$labels" in description or name == "Watchdog"
    assert rule["annotations"]["value"] in description or name in VALUELESS
    assert rule["annotations"]["console_path"].startswith("/")
    path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    headings = re.findall(r"^## (\S+)$", (ROOT / path).read_text(), flags=re.MULTILINE)
    assert anchor == name.lower()
    assert name in headings


@pytest.mark.parametrize("name", alerts())
def test_every_alert_has_a_test_where_it_fires_and_one_where_it_does_not(name: str) -> None:
    cases = [
        case
        for file in TEST_FILES
        for test in yaml.safe_load(file.read_text())["tests"]
        for case in test.get("alert_rule_test", [])
        if case["alertname"] == name
    ]
    assert any(case["exp_alerts"] for case in cases), f"{name} never fires"
    # the watchdog always fires
    silent = any(not case["exp_alerts"] for case in cases)
    assert silent or name == "Watchdog", f"{name} is never silent"


def test_every_section_of_the_runbook_belongs_to_an_alert() -> None:
    text = (ROOT / "deployment/runbook.md").read_text()
    assert set(re.findall(r"^## (\S+)$", text, flags=re.MULTILINE)) == set(alerts())


def test_every_section_of_the_runbook_says_what_it_means_what_to_check_and_what_to_do() -> None:
    text = (ROOT / "deployment/runbook.md").read_text()
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        assert "**Meaning:**" in section, section
        assert "**Check" in section, section
        assert "**Fix:**" in section or "**Check and fix:**" in section, section


def test_the_generated_files_are_up_to_date() -> None:
    assert [str(path.relative_to(ROOT)) for path in generated.stale()] == []


def test_thresholds_match_the_models_and_the_histograms() -> None:
    assert SCHEMA.thresholds.rmse == by_model.RMSE_THRESHOLD
    assert churn.MIN_ROC_AUC == classifier.ROC_AUC_THRESHOLD
    assert classifier.POSITIVE_FROM in SCORE_BUCKETS
    assert objectives.LATENCY_SECONDS in DURATION_BUCKETS


def test_promtool_accepts_the_configuration_and_the_rules() -> None:
    checked(tools().promtool, "check", "config", "--syntax-only", PROMETHEUS / "prometheus.yml")
    checked(tools().promtool, "check", "rules", "--lint=all", "--lint-fatal", *RULE_FILES)


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda path: path.stem)
def test_the_alert_tests_pass(file: Path, tmp_path: Path) -> None:
    assert "SUCCESS" in checked(tools().promtool, "test", "rules", copied(file, tmp_path))


def copied(file: Path, folder: Path) -> Path:
    """Copy a file of tests beside a file of the rules that it uses."""
    text = file.read_text()
    assert "\nrule_files: [../rules/recording_rules.yml, ../rules/alert_rules.yml]\n" in text
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": groups_used_by(text)}))
    copy = folder / file.name
    copy.write_text(re.sub(r"(?<=rule_files: \[).*(?=\])", "rules.yml", text))
    return copy


def groups_used_by(tests: str) -> list[dict[str, Any]]:
    """Return the rules that a file of tests names, and those that they read, in their groups.

    promtool evaluates every rule at every step; with all of them the tests take five times as long.
    """
    groups = [
        group
        for file in ("recording_rules.yml", "alert_rules.yml")
        for group in yaml.safe_load((PROMETHEUS / "rules" / file).read_text())["groups"]
    ]
    expressions = {rule_name(rule): rule["expr"] for group in groups for rule in group["rules"]}
    used: set[str] = set()
    texts = [tests]
    while texts:
        names = set(re.findall(r"[\w:]+", texts.pop())) & set(expressions)
        texts += [expressions[name] for name in names - used]
        used |= names
    chosen = [
        {**group, "rules": [rule for rule in group["rules"] if rule_name(rule) in used]}
        for group in groups
    ]
    return [group for group in chosen if group["rules"]]


def rule_name(rule: dict[str, Any]) -> str:
    return str(rule.get("alert") or rule["record"])


def test_a_model_is_up_although_another_was_served_at_its_address_today(
    tmp_path: Path,
) -> None:
    series = {
        'model_info{job="j", instance="a", model="old"}': "1x60 stale",
        'model_info{job="j", instance="a", model="new"}': "_x61 1x60",
        'up{job="j", instance="a"}': "1x121",
    }
    expected = [{"labels": '{job="j", instance="a", model="new"}', "value": 1}]
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": by_model.UP.matching(), "eval_time": "100m", "exp_samples": expected}
        ],
    }
    file = tmp_path / "up.yml"
    file.write_text(yaml.safe_dump({"rule_files": [], "tests": [test]}))
    assert "SUCCESS" in checked(tools().promtool, "test", "rules", file)


def test_promtool_fails_when_an_alert_does_not_fire_as_expected(tmp_path: Path) -> None:
    wrong = copied(PROMETHEUS / "tests/service_alerts.yml", tmp_path)
    wrong.write_text(wrong.read_text().replace("are up: 0.", "are up: 1."))
    process = subprocess.run(
        [str(tools().promtool), "test", "rules", str(wrong)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert "BikeApiDown" in process.stdout + process.stderr


@pytest.mark.stack
def test_a_real_prometheus_loads_the_rules(tmp_path: Path) -> None:
    with (
        alertmanager(directory=tmp_path / "a") as manager,
        prometheus(
            rules=RULE_FILES, alertmanager=manager.address, directory=tmp_path / "p"
        ) as server,
        urllib.request.urlopen(f"{server.url}/api/v1/rules?type=alert", timeout=120) as answer,
    ):
        groups = json.load(answer)["data"]["groups"]
    assert {rule["name"] for group in groups for rule in group["rules"]} == set(alerts())
