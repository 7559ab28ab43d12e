"""Every panel against a real Prometheus that scrapes the real services: none is empty."""

import math
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from demo import hours
from deployment.local.programs import ROOT
from model_service.models.churn import versions
from tests import servers
from tests.deployment.test_dashboards import load, panels
from tests.services import finished, serving, trained, trained_churn

__all__ = ["trained", "trained_churn"]

RULES = sorted((ROOT / "deployment/prometheus/rules").glob("*.yml"))
TRAFFIC_SECONDS = 12.0
# test_cats_dogs_data.py has its service and database
PANELS = {name: panel for name, panel in panels() if not name.startswith("cats_dogs:")}
# variables on the dashboards of classifiers
CHURN = {"$job": "churn-api", "$model": "churn"}
OF_CHURN = ("churn", "classifier_performance")

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def watched(
    trained: Path, trained_churn: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, str]]]:
    """Prometheus's URL and the values of the dashboard variables."""
    folder = tmp_path_factory.mktemp("panels")
    shutil.copytree(trained, folder / "data")
    shutil.copytree(trained_churn, folder / "churn")
    versions.retrain(folder / "churn", "month_001")
    with ExitStack() as stack:
        service = stack.enter_context(serving(folder / "data"))
        churn = stack.enter_context(serving(folder / "churn", model="churn"))
        node = stack.enter_context(servers.node_exporter())
        manager = stack.enter_context(servers.alertmanager())
        port = servers.free_port()
        scrape = {
            "bike-api": service.url.removeprefix("http://"),
            "churn-api": churn.url.removeprefix("http://"),
            "node": node.address,
            "alertmanager": manager.address,
            "prometheus": f"127.0.0.1:{port}",
        }
        prometheus = stack.enter_context(
            servers.prometheus(scrape, rules=RULES, alertmanager=manager.address, port=port)
        )
        # processes of their own: requests reads the environment, which pytest changes all the time
        stack.enter_context(traffic("demo.replay", service.url, "--hours-per-second"))
        stack.enter_context(traffic("demo.users", churn.url, "--users-per-second"))
        rows = list(hours.records("2011-02-08", "2011-02-14"))
        body = {"data": rows, "evaluation_period_name": "week2_february"}
        assert service.post("/evaluate", body).status_code == 200
        window = {"window": "month_001", "publish": True}
        started = churn.post("/evaluations", window).json()["evaluation_id"]
        assert finished(churn, started)["state"] == "succeeded"
        time.sleep(TRAFFIC_SECONDS)
        variables = {
            "$__rate_interval": "10s",
            "$job": "bike-api",
            "$endpoint": ".+",
            "$node": node.address,
            "$model": "bike-sharing",
        }
        yield prometheus.url, variables


@contextmanager
def traffic(module: str, url: str, speed: str) -> Iterator[None]:
    """Send 20 requests a second until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--url", url, speed, "20"], cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
        assert process.poll() is None, "the traffic ended"
    finally:
        process.terminate()
        process.wait(60)


def values(
    watched: tuple[str, dict[str, str]], expression: str, dashboard: str = ""
) -> list[float]:
    """Return all values of the last seconds that are numbers."""
    url, variables = watched
    variables = variables | (CHURN if dashboard in OF_CHURN else {})
    for name, value in variables.items():
        expression = expression.replace(name, value)
    now = time.time()
    query: dict[str, str | float] = {"query": expression, "start": now - 5, "end": now, "step": 1}
    answer = requests.get(f"{url}/api/v1/query_range", params=query, timeout=120)
    assert answer.status_code == 200, f"{expression}: {answer.text}"
    numbers = [
        float(value) for series in answer.json()["data"]["result"] for _, value in series["values"]
    ]
    return [value for value in numbers if not math.isnan(value)]


@pytest.mark.parametrize(("name", "panel"), PANELS.items(), ids=list(PANELS))
def test_every_query_of_the_panel_has_data(
    name: str, panel: dict[str, Any], watched: tuple[str, dict[str, str]]
) -> None:
    for target in panel["targets"]:
        assert values(watched, target["expr"], name.partition(":")[0]), target["expr"]


def test_the_panels_show_what_happened(watched: tuple[str, dict[str, str]]) -> None:
    def last(name: str, title: str) -> float:
        first = next(panel for panel in load(name)["panels"] if panel["title"] == title)
        return values(watched, first["targets"][0]["expr"], name)[-1]

    assert 18 < last("model_performance", "RMSE") < 38
    assert 2 < last("api_performance", "Predictions") < 25
    assert last("api_performance", "Errors") == 0
    assert 0 < last("infrastructure_overview", "CPU busy") <= 1
    assert 0.8 < last("churn", "ROC AUC") < 0.95
    assert last("classifier_performance", "ROC AUC") == last("churn", "ROC AUC")
    assert 2 < last("churn", "Requests") < 45
    assert 0 < last("churn", "Latency, 95th percentile") < 2
    assert last("churn", "Target drift") == pytest.approx(-0.0239, abs=0.0001)
    assert 0 < last("churn", "Predicted positive") < 0.6


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        (name, item["name"])
        for name in ("api_performance", "model_performance", "infrastructure_overview", *OF_CHURN)
        for item in load(name)["templating"]["list"]
        if item["type"] == "query"
    ],
)
def test_every_variable_finds_values(
    name: str, variable: str, watched: tuple[str, dict[str, str]]
) -> None:
    url, variables = watched
    variables = variables | (CHURN if name in OF_CHURN else {})
    (query,) = (
        item["query"] for item in load(name)["templating"]["list"] if item["name"] == variable
    )
    for placeholder, value in variables.items():
        query = query.replace(placeholder, value)
    selector, _, label = query.removeprefix("label_values(").removesuffix(")").rpartition(", ")
    answer = requests.get(
        f"{url}/api/v1/label/{label}/values", params={"match[]": selector}, timeout=120
    )
    assert answer.json()["data"], query
