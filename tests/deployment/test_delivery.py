"""From a fault of the real service to the receivers, with real Prometheus and Alertmanager."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from deployment.local.programs import ROOT
from tests import servers
from tests.deployment.receivers import (
    DATA_SCIENCE,
    PLATFORM,
    Received,
    delivering,
    http_receiver,
    mail_server,
)
from tests.services import Api, serving, trained

__all__ = ["trained"]

RULES = sorted((ROOT / "deployment/prometheus/rules").glob("*.yml"))
CONSOLE = "http://console.example:8501"
# includes a scrape, a hold of 15 s, group_wait and, for the resolved ones, group_interval
FIRED_SECONDS, RESOLVED_SECONDS = 300, 300

OF_DATABASE = ("ErrorBudgetFastBurn", "CatsDogsFewPredictions")
INHIBITED = ("HighLatency", "OfTheJob", "OfOneReplica", *OF_DATABASE)

pytestmark = pytest.mark.stack


@dataclass
class Watched:
    """A monitored service and the receivers of its alerts."""

    data: Path
    port: int
    http: Received
    mail: Received
    prometheus: servers.Server
    alertmanager: servers.Server


@pytest.fixture(scope="module")
def watched(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("delivery")
    shutil.copytree(trained, folder / "data")
    with ExitStack() as stack:
        http = stack.enter_context(http_receiver())
        mail = stack.enter_context(mail_server())
        manager = stack.enter_context(delivering(folder, http, mail, CONSOLE))
        port = servers.free_port()
        prometheus = servers.prometheus(
            {"bike-api": f"127.0.0.1:{port}"},
            rules=RULES,
            alertmanager=manager.address,
            directory=folder / "prometheus",
        )
        yield Watched(folder / "data", port, http, mail, stack.enter_context(prometheus), manager)


@pytest.fixture
def api(watched: Watched) -> Iterator[Api]:
    with serving(watched.data, port=watched.port) as running:
        yield running


def webhook(alertname: str, status: str) -> Any:
    """Return a check that a webhook's body has this alert and state."""
    return lambda body: (
        body["status"] == status and body["groupLabels"].get("alertname") == alertname
    )


def test_a_high_error_notifies_the_team_by_every_integration_and_so_does_its_resolution(
    watched: Watched, api: Api
) -> None:
    _until_scraped(watched)
    answer = api.post("/trigger-drift", {"kind": "summer", "expires_seconds": 45})
    assert answer.status_code == 200, answer.text
    rmse = answer.json()["rmse"]
    description = f"RMSE of bike-sharing is {rmse:.4g}, above the threshold of 60."
    runbook = "deployment/runbook.md#modelerrorhigh"
    page = f"{CONSOLE}/drift?model=bike-sharing"

    for path in ("/webhook", "/inbox"):
        body = watched.http.wait(path, webhook("ModelErrorHigh", "firing"), FIRED_SECONDS)
        (alert,) = body["alerts"]
        assert alert["annotations"]["description"] == description
        assert alert["labels"]["model"] == "bike-sharing"
        assert alert["annotations"]["runbook_url"] == runbook

    firing = "FIRING: ModelErrorHigh of bike-sharing"
    slack = watched.http.wait("/slack", lambda body: firing in str(body), 120)["attachments"][0]
    assert (slack["title"], slack["title_link"], slack["color"]) == (firing, page, "danger")
    discord = watched.http.wait("/discord", lambda body: firing in str(body), 120)["embeds"][0]
    assert discord["title"] == firing
    mail = watched.mail.wait(DATA_SCIENCE, lambda mail: mail["Subject"] == firing, 120)
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for text in (slack["text"], discord["description"], plain):
        for line in (
            description,
            f"Value: {rmse:.4g}",
            "Model: bike-sharing",
            f"Console: {page}",
            runbook,
        ):
            assert line in text
    assert f'<a href="{page}">' in html
    assert description in html
    pager = watched.http.wait("/pagerduty", lambda body: firing in str(body), 120)
    assert pager["routing_key"] == "science-key"
    assert (pager["event_action"], pager["payload"]["severity"]) == ("trigger", "critical")

    over = "RESOLVED: ModelErrorHigh of bike-sharing"
    watched.http.wait("/webhook", webhook("ModelErrorHigh", "resolved"), 45 + RESOLVED_SECONDS)
    assert (
        watched.http.wait("/slack", lambda body: over in str(body), 120)["attachments"][0]["color"]
        == "good"
    )
    watched.mail.wait(DATA_SCIENCE, lambda mail: mail["Subject"] == over, 120)
    watched.http.wait("/pagerduty", lambda body: body["event_action"] == "resolve", 120)
    assert not any("ModelErrorHigh" in mail["Subject"] for mail in watched.mail.at(PLATFORM))


def test_a_stopped_service_notifies_and_so_does_its_return(watched: Watched) -> None:
    down, back = webhook("BikeApiDown", "firing"), webhook("BikeApiDown", "resolved")
    with serving(watched.data, port=watched.port):
        _until_scraped(watched)
        http_mark, mail_mark = watched.http.mark(), watched.mail.mark()
    body = watched.http.wait("/webhook", down, FIRED_SECONDS, http_mark)
    assert body["alerts"][0]["labels"]["instance"] == f"127.0.0.1:{watched.port}"
    subjects = [f"{state}: BikeApiDown" for state in ("FIRING", "RESOLVED")]
    watched.mail.wait(PLATFORM, lambda mail: mail["Subject"] == subjects[0], 120, mail_mark)
    http_mark, mail_mark = watched.http.mark(), watched.mail.mark()
    with serving(watched.data, port=watched.port):
        watched.http.wait("/webhook", back, RESOLVED_SECONDS, http_mark)
        watched.mail.wait(PLATFORM, lambda mail: mail["Subject"] == subjects[1], 120, mail_mark)


def test_a_service_that_is_down_inhibits_its_other_alerts_and_no_others(
    watched: Watched,
) -> None:
    labels = {"job": "bike-api", "severity": "warning", "team": "platform", "instance": "gone:1"}
    alerts = [
        {**labels, "alertname": "BikeApiDown", "severity": "critical", "scope": "job"},
        {**labels, "alertname": "HighLatency"},
        {**labels, "alertname": "OfTheJob", "instance": ""},
        {**labels, "alertname": "OfAnotherReplica", "instance": "fine:1"},
        # one of two replicas: alerts on the other are not inhibited
        {**labels, "alertname": "ChurnApiDown", "job": "churn-api", "scope": "instance"},
        {**labels, "alertname": "OfOneReplica", "job": "churn-api"},
        {**labels, "alertname": "OfTheRest", "job": "churn-api", "instance": ""},
        # consequences of an outage of the database
        *(
            {**labels, "alertname": name, "job": "cats-dogs-api", "instance": ""}
            for name in ("CatsDogsDatabaseUnreachable", *OF_DATABASE, "CatsDogsLowConfidence")
        ),
    ]
    posted = [{"labels": item, "annotations": {"summary": "a test"}} for item in alerts]
    url = f"{watched.alertmanager.url}/api/v2/alerts"
    assert requests.post(url, json=posted, timeout=120).status_code == 200
    alerts_of_api = requests.get(url, timeout=120).json()
    states = {
        item["labels"]["alertname"]: item["status"]["state"]
        for item in alerts_of_api
        if item["labels"].get("instance") != f"127.0.0.1:{watched.port}"
    }
    inhibited = {name for name, item in _inhibited(url).items() if item}
    assert {*INHIBITED} <= inhibited, states
    uninhibited = {"BikeApiDown", "OfAnotherReplica", "OfTheRest"}
    uninhibited |= {"CatsDogsDatabaseUnreachable", "CatsDogsLowConfidence"}
    assert not uninhibited & inhibited, states


def test_the_watchdog_is_sent_only_to_its_own_receiver(watched: Watched) -> None:
    # the first may come before Prometheus discovered Alertmanager; it is sent again after a minute
    watched.http.wait("/heartbeat", webhook("Watchdog", "firing"), 300)
    for path in ("/inbox", "/webhook"):
        assert not any(webhook("Watchdog", "firing")(body) for body in watched.http.at(path))


def _inhibited(url: str) -> dict[str, list[str]]:
    """Return what inhibits each alert, once Alertmanager has processed the alerts."""
    inhibitors: dict[str, list[str]] = {}
    for _ in range(1500):
        alerts = requests.get(url, timeout=120).json()
        inhibitors = {item["labels"]["alertname"]: item["status"]["inhibitedBy"] for item in alerts}
        if all(inhibitors.get(name) for name in INHIBITED):
            break
        time.sleep(0.2)
    return inhibitors


def _until_scraped(watched: Watched) -> None:
    url = f"{watched.prometheus.url}/api/v1/query"
    query = {"query": 'up{job="bike-api"} == 1'}
    for _ in range(1500):
        if requests.get(url, params=query, timeout=120).json()["data"]["result"]:
            return
        time.sleep(0.2)
    raise AssertionError("Prometheus did not scrape the service in five minutes")
