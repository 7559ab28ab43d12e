"""Dashboards: Grafana's linter rules, the schema of the SDK, and the files in git."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from deployment.generate import dashboards
from deployment.generate.dashboards import sql
from deployment.generate.dashboards.panels import UNITS
from deployment.local.programs import ROOT
from promql.catalogue import with_breakdowns

FOLDER = ROOT / "deployment/grafana/dashboards"
FILES = sorted(FOLDER.glob("*.json"))
TITLES = {
    "API Performance",
    "Model Performance & Drift",
    "Infrastructure Overview",
    "Fleet",
    "Churn",
    "Cats and Dogs",
    "Classifier Performance & Drift",
}
RANGE_FUNCTION = re.compile(r"\b(rate|irate|increase)\(")
PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
POSTGRES = sql.SOURCE.to_json()
# the panels of a whole time range, and what Grafana adds to links
BUILT_IN = re.compile(r"__\w+")
SQL_QUERIES = {query.text for query in vars(sql).values() if isinstance(query, sql.SqlQuery)}


def load(name: str) -> dict[str, Any]:
    loaded = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def panels(*, rows: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every panel with `dashboard: id title`; the id tells panels of one query apart."""
    for name in dashboards.PAGES:
        for panel in load(name)["panels"]:
            if rows or panel["type"] != "row":
                yield f"{name}: {panel['id']} {panel['title']}", panel


def in_promql(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the targets of a panel that ask Prometheus."""
    return [target for target in panel["targets"] if target["datasource"] == PROMETHEUS]


every_dashboard = pytest.mark.parametrize("name", dashboards.PAGES)
every_panel = pytest.mark.parametrize(
    "panel", [panel for _, panel in panels()], ids=[name for name, _ in panels()]
)


def test_there_are_exactly_seven_dashboards() -> None:
    assert {path.stem for path in FILES} == set(dashboards.PAGES)
    assert {load(name)["title"] for name in dashboards.PAGES} == TITLES
    uids = [load(name)["uid"] for name in dashboards.PAGES]
    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"[a-z-]{1,40}", uid) for uid in uids)


@every_dashboard
def test_the_committed_file_is_what_the_generator_writes(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text("utf-8") == dashboards.text(name)


@every_dashboard
def test_it_fits_the_schema_of_the_sdk(name: str) -> None:
    register_default_plugins()
    content = load(name)
    read = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(content)))
    for item in read["links"] + read["annotations"]["list"]:
        item.pop("placement", None)
    assert read["schemaVersion"] == 42
    assert read["panels"] == content["panels"]
    assert read["templating"] == content["templating"]


@every_dashboard
def test_panels_and_rows_have_unique_ids_and_do_not_overlap(name: str) -> None:
    listed = load(name)["panels"]
    ids = [panel["id"] for panel in listed]
    assert len(set(ids)) == len(ids)
    assert min(ids) == 1
    cells: set[tuple[int, int]] = set()
    for panel in listed:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        area = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not area & cells, panel["title"]
        cells |= area


@every_dashboard
def test_it_is_read_only_tagged_and_links_to_the_others_and_to_the_console(name: str) -> None:
    content = load(name)
    assert content["editable"] is False
    assert "belvedere" in content["tags"]
    others, console = content["links"]
    assert (others["type"], others["tags"], others["keepTime"]) == (
        "dashboards",
        ["belvedere"],
        True,
    )
    assert console["url"].startswith("${console}/")
    assert console["keepTime"] is True
    assert [mark["name"] for mark in content["annotations"]["list"]] == [
        "Starts and deployments",
        "Evaluations",
        "Alerts",
    ]


@every_dashboard
def test_variables_come_from_the_chosen_data_source_and_follow_the_time_range(name: str) -> None:
    variables = {item["name"]: item for item in load(name)["templating"]["list"]}
    assert variables.pop("datasource")["query"] == "prometheus"
    assert variables.pop("console")["type"] == "textbox"
    for variable in variables.values():
        assert variable["datasource"]["uid"] == "${datasource}"
        assert variable["refresh"] == 2
        assert variable["query"].startswith("label_values(")
    used = set(re.findall(r"\$(\w+)|\$\{(\w+)\}", (FOLDER / f"{name}.json").read_text()))
    names = {one or other for one, other in used}
    names = {name for name in names if not BUILT_IN.fullmatch(name)}
    assert names - {"datasource", "console"} == set(variables)


@every_panel
def test_a_panel_has_a_title_a_description_and_a_unit(panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"] in set(UNITS.values())
    if panel["type"] != "heatmap":
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]["value"] is None


@every_panel
def test_a_panel_uses_only_the_chosen_prometheus_or_the_database(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        assert target["datasource"] == panel["datasource"]
        assert ("rawSql" in target) == (panel["datasource"] == POSTGRES)
    assert panel["datasource"] in (PROMETHEUS, POSTGRES)
    refs = [target["refId"] for target in panel["targets"]]
    assert len(set(refs)) == len(refs)


@every_panel
def test_a_panels_queries_are_valid_and_rate_only_counters_over_the_rate_interval(
    panel: dict[str, Any],
) -> None:
    for target in in_promql(panel):
        expression = target["expr"]
        promql_parser.parse(re.sub(r"\$__(rate_interval|range)", "1m", expression))
        # a pie shows the total of the time range, read once at its end
        of_whole_range = panel["type"] == "piechart"
        assert target["instant"] if of_whole_range else target["range"] or target["instant"]
        window = "[$__range" if of_whole_range else "[$__rate_interval"
        for match in RANGE_FUNCTION.finditer(expression):
            inner = expression[match.end() :].partition("]")[0]
            assert inner.endswith(window), expression
            assert re.search(r"_(total|bucket|count|sum)\b", inner), expression
        for counter in re.findall(r"\b\w+_total\b(?=[{\[ ])", expression):
            assert re.search(rf"(rate|increase|count by \(\w+\) )\({counter}", expression)


@every_panel
def test_a_panels_queries_are_in_the_catalogue(panel: dict[str, Any]) -> None:
    skeletons = {
        _without_matchers(query.matching("", window))
        for query in with_breakdowns().values()
        for window in ("$__rate_interval", "$__range")
    }
    for target in in_promql(panel):
        assert _without_matchers(target["expr"]) in skeletons, target["expr"]
    for target in panel["targets"]:
        assert target in in_promql(panel) or target["rawSql"] in SQL_QUERIES


@every_panel
def test_a_query_in_sql_only_reads_and_only_a_part_that_an_index_finds(
    panel: dict[str, Any],
) -> None:
    for target in panel["targets"]:
        if target["datasource"] != POSTGRES:
            continue
        words = set(re.findall(r"[a-z_]+", target["rawSql"].lower()))
        assert words.isdisjoint({"insert", "update", "delete", "drop", "alter", "truncate"})
        assert {"created_at", "feedback_at"} & words
        assert (target["rawQuery"], target["format"] in ("table", "time_series")) == (True, True)


@every_dashboard
def test_links_of_panels_lead_to_panels_of_the_dashboard_and_to_pages_of_the_console(
    name: str,
) -> None:
    content = load(name)
    titles = {panel["id"]: panel["title"] for panel in content["panels"]}
    for link in (link for panel in content["panels"] for link in panel.get("links", [])):
        assert "${__url_time_range}" in link["url"]
        if link["targetBlank"]:
            page = re.fullmatch(r"\$\{console\}(/[a-z-]+)\?model=\$\{model\}&.+", link["url"])
            assert page, link["url"]
            continue
        path, _, query = link["url"].partition("?")
        assert path == f"/d/{content['uid']}"
        panel_id = re.match(r"viewPanel=(\d+)&", query)
        assert panel_id and titles[int(panel_id[1])] == link["title"]


def _without_matchers(expression: str) -> str:
    return re.sub(r"\{[^}]*\}", "", expression)
