"""Grafana's provisioning: fixed uids, alert rules in three steps, secrets from the environment."""

import re
from typing import Any

import yaml

from deployment.generate import dashboards
from deployment.generate.alerts import cats_dogs
from deployment.generate.dashboards import sql
from deployment.local.grafana import CONTACTS
from deployment.local.postgres import roles, server
from deployment.local.programs import ROOT
from promql import by_model

PROVISIONING = ROOT / "deployment/grafana/provisioning"
VARIABLE = re.compile(r"(?<!\$)\$(?!\$)\{?(\w+)")


def load(name: str) -> dict[str, Any]:
    loaded = yaml.safe_load((PROVISIONING / name).read_text())
    assert isinstance(loaded, dict)
    assert loaded["apiVersion"] == 1
    return loaded


def groups() -> dict[str, dict[str, Any]]:
    return {group["name"]: group for group in load("alerting/rules.yml")["groups"]}


def rules() -> dict[str, dict[str, Any]]:
    return {rule["title"]: rule for group in groups().values() for rule in group["rules"]}


def source(name: str) -> dict[str, Any]:
    (item,) = load(f"datasources/{name}.yml")["datasources"]
    assert isinstance(item, dict)
    return item


def test_data_sources_have_fixed_uids_and_take_their_url_from_the_environment() -> None:
    sources = {
        item["uid"]: item for item in map(source, ("prometheus", "alertmanager", "postgres"))
    }
    assert {uid: item["url"] for uid, item in sources.items()} == {
        "prometheus": "$PROMETHEUS_URL",
        "alertmanager": "$ALERTMANAGER_URL",
        sql.SOURCE.uid: "$POSTGRES_ADDRESS",
    }
    assert not any(item["editable"] for item in sources.values())


def test_the_database_is_read_by_the_role_that_may_only_read() -> None:
    postgres = source("postgres")
    assert postgres["type"] == sql.SOURCE.type_val
    assert (postgres["user"], postgres["jsonData"]["database"]) == (roles.READER, roles.DATABASE)
    assert postgres["secureJsonData"] == {"password": f"${server.READER_PASSWORD}"}


def test_dashboards_come_from_their_folder_and_cannot_be_changed_in_the_browser() -> None:
    (provider,) = load("dashboards/belvedere.yml")["providers"]
    assert provider["options"]["path"] == "$BELVEDERE_DASHBOARDS"
    assert provider["allowUiUpdates"] is False


def test_rmse_and_drift_alerts_have_a_query_a_reduce_step_and_a_threshold() -> None:
    expected = {
        "ModelErrorHigh": (by_model.RMSE.matching(), by_model.RMSE_THRESHOLD),
        "ModelDataDrift": (by_model.DRIFT_DETECTED.matching(), 0.5),
    }
    assert {rule["title"] for rule in groups()["model"]["rules"]} == set(expected)
    for title in expected:
        rule = rules()[title]
        query, reduce, threshold = rule["data"]
        assert [step["refId"] for step in rule["data"]] == ["A", "B", "C"]
        assert rule["condition"] == "C"
        assert query["datasourceUid"] == "prometheus"
        assert query["relativeTimeRange"]["from"] > 0
        assert query["model"]["expr"] == expected[title][0]
        assert reduce["datasourceUid"] == threshold["datasourceUid"] == "__expr__"
        assert (reduce["model"]["type"], reduce["model"]["expression"]) == ("reduce", "A")
        assert (threshold["model"]["type"], threshold["model"]["expression"]) == ("threshold", "B")
        (condition,) = threshold["model"]["conditions"]
        assert condition["evaluator"] == {"type": "gt", "params": [expected[title][1]]}
        assert (rule["noDataState"], rule["execErrState"]) == ("NoData", "Error")


def test_every_alert_on_cats_and_dogs_is_also_a_rule_of_grafana() -> None:
    for alert in cats_dogs.ALERTS:
        condition, rule = cats_dogs.CONDITIONS[alert.name], rules()[alert.name]
        query, _, threshold = rule["data"]
        assert query["model"]["expr"] == condition.guarded_value()
        (evaluated,) = threshold["model"]["conditions"]
        sign = {"gt": ">", "lt": "<"}[evaluated["evaluator"]["type"]]
        (limit,) = evaluated["evaluator"]["params"]
        # the same comparison as in Prometheus, where the guard comes after it
        assert alert.expression.startswith(f"{condition.value} {sign} {limit:g}")
        assert alert.expression.endswith(condition.guard)
        assert rule["for"] == alert.hold
        assert rule["labels"] == alert.rule()["labels"]
        # the guard leaves nothing where there is not enough traffic
        assert (rule["noDataState"], rule["execErrState"]) == ("OK", "Error")
        assert "{value}" not in rule["annotations"]["description"]


def test_rules_that_read_a_day_are_evaluated_once_a_minute() -> None:
    assert {group["interval"] for group in groups().values()} == {"10s", "1m"}
    for group in groups().values():
        assert (group["orgId"], group["folder"]) == (1, "Belvedere")
        over_days = [rule for rule in group["rules"] if "[1d]" in str(rule["data"])]
        assert over_days == (group["rules"] if group["interval"] == "1m" else [])


def test_a_rule_links_to_its_panel_and_its_runbook() -> None:
    pages = {page["uid"]: page for page in (page.content() for page in dashboards.PAGES.values())}
    for title, rule in rules().items():
        (panel,) = (
            item for item in pages[rule["dashboardUid"]]["panels"] if item["id"] == rule["panelId"]
        )
        assert panel["type"] != "row"
        anchor = rule["annotations"]["runbook_url"].partition("#")[2]
        assert f"## {title}\n" in (ROOT / "deployment/runbook.md").read_text()
        assert anchor == title.lower()


def test_template_variables_are_escaped_from_environment_expansion() -> None:
    text = (PROVISIONING / "alerting/rules.yml").read_text()
    assert "$$labels.model" in text
    assert not VARIABLE.search(text)
    assert "$" not in (PROVISIONING / "alerting/templates.yml").read_text()


def test_policies_and_contact_points_refer_only_to_what_exists() -> None:
    points = {item["name"] for item in load("alerting/contact-points.yml")["contactPoints"]}
    (policy,) = load("alerting/policies.yml")["policies"]
    assert {policy["receiver"], *(route["receiver"] for route in policy["routes"])} <= points
    assert points == {"notification log", "slack", "discord", "pagerduty", "e-mail"}
    text = (PROVISIONING / "alerting/contact-points.yml").read_text()
    (template,) = load("alerting/templates.yml")["templates"]
    for name in set(re.findall(r'template "([\w.]+)"', text)):
        assert f'{{{{ define "{name}" -}}}}' in template["template"]


def test_every_variable_of_the_provisioning_is_set_in_compose_and_natively() -> None:
    used = {
        name
        for path in PROVISIONING.rglob("*.yml")
        if path.name != "rules.yml"
        for line in path.read_text().splitlines()
        if not line.lstrip().startswith("#")
        for name in VARIABLE.findall(line)
    }
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["grafana"]
    assert used <= set(compose["environment"])
    native = (ROOT / "deployment/local/grafana.py").read_text()
    assert all(f'"{name}"' in native for name in used)
    for name, unset in CONTACTS.items():
        assert compose["environment"][name] == f"${{{name}:-{unset}}}"
        assert "not-set" in unset
