"""From a fault of the real service to the receivers, by real Prometheus and Alertmanager."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from deployment.alertmanager.render import write
from deployment.local.programs import ROOT
from tests import servers
from tests.deployment.receivers import Received, http_receiver, mail_server
from tests.services import Api, serving, trained

__all__ = ["trained"]

RULES = sorted((ROOT / "deployment/prometheus/rules").glob("*.yml"))
CONSOLE = "http://console.example:8501"
DATA_SCIENCE, PLATFORM = "science@example.com", "platform@example.com"
# includes a scrape, a hold of 15 s, group_wait and, for the resolved ones, group_interval
FIRED_SECONDS, RESOLVED_SECONDS = 300, 300

pytestmark = pytest.mark.stack


@dataclass
class Watched:
    """A watched service and the places where its alerts arrive."""

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
        manager = stack.enter_context(_alertmanager(folder, http, mail))
        port = servers.free_port()
        prometheus = servers.prometheus(
            {"bike-api": f"127.0.0.1:{port}"},
            rules=RULES,
            alertmanager=manager.address,
            directory=folder / "prometheus",
        )
        yield Watched(folder / "data", port, http, mail, stack.enter_context(prometheus), manager)


def _alertmanager(folder: Path, http: Received, mail: Received) -> Any:
    secrets = folder / "secrets"
    secrets.mkdir()
    for name, value in {
        "slack_webhook_url": f"{http.url}/slack",
        "discord_webhook_url": f"{http.url}/discord",
        "webhook_url": f"{http.url}/webhook",
        "heartbeat_url": f"{http.url}/heartbeat",
        "pagerduty_platform_key": "platform-key",
        "pagerduty_data_science_key": "science-key",
        "email_smarthost": mail.url,
        "email_from": "belvedere@example.com",
        "email_require_tls": "false",
        "email_to_platform": PLATFORM,
        "email_to_data_science": DATA_SCIENCE,
    }.items():
        (secrets / name).write_text(value + "\n")
    settings = {"inbox_url": f"{http.url}/inbox", "console_url": CONSOLE}
    write(folder / "alertmanager", secrets, settings)
    config = yaml.safe_load((folder / "alertmanager/alertmanager.yml").read_text())
    # PagerDuty's address is the same for everyone, save here
    config["global"] = {"pagerduty_url": f"{http.url}/pagerduty"}
    return servers.alertmanager(yaml.safe_dump(config), directory=folder / "alertmanager")


@pytest.fixture
def api(watched: Watched) -> Iterator[Api]:
    with serving(watched.data, port=watched.port) as running:
        yield running


def webhook(alertname: str, status: str) -> Any:
    """Whether a webhook's body is of this alert and state."""
    return lambda body: (
        body["status"] == status and body["groupLabels"].get("alertname") == alertname
    )


def test_a_wrong_model_is_told_to_its_team_in_every_way_and_so_is_its_end(
    watched: Watched, api: Api
) -> None:
    _until_scraped(watched)
    answer = api.post("/trigger-drift", {"kind": "summer", "expires_seconds": 45})
    assert answer.status_code == 200, answer.text
    rmse = answer.json()["rmse"]
    said = f"RMSE of bike-sharing is {rmse:.4g}, above the threshold of 60."
    runbook = "deployment/runbook.md#modelerrorhigh"
    page = f"{CONSOLE}/drift?model=bike-sharing"

    for path in ("/webhook", "/inbox"):
        body = watched.http.wait(path, webhook("ModelErrorHigh", "firing"), FIRED_SECONDS)
        (alert,) = body["alerts"]
        assert alert["annotations"]["description"] == said
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
            said,
            f"Value: {rmse:.4g}",
            "Model: bike-sharing",
            f"Console: {page}",
            runbook,
        ):
            assert line in text
    assert f'<a href="{page}">' in html
    assert said in html
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


def test_a_stopped_service_is_told_and_so_is_its_return(watched: Watched) -> None:
    down, back = webhook("BikeApiDown", "firing"), webhook("BikeApiDown", "resolved")
    with serving(watched.data, port=watched.port):
        _until_scraped(watched)
        told, mailed = watched.http.mark(), watched.mail.mark()
    body = watched.http.wait("/webhook", down, FIRED_SECONDS, told)
    assert body["alerts"][0]["labels"]["instance"] == f"127.0.0.1:{watched.port}"
    subjects = [f"{state}: BikeApiDown" for state in ("FIRING", "RESOLVED")]
    watched.mail.wait(PLATFORM, lambda mail: mail["Subject"] == subjects[0], 120, mailed)
    told, mailed = watched.http.mark(), watched.mail.mark()
    with serving(watched.data, port=watched.port):
        watched.http.wait("/webhook", back, RESOLVED_SECONDS, told)
        watched.mail.wait(PLATFORM, lambda mail: mail["Subject"] == subjects[1], 120, mailed)


def test_a_service_that_is_down_silences_what_else_is_wrong_with_it_and_nothing_beside_it(
    watched: Watched,
) -> None:
    labels = {"job": "bike-api", "severity": "warning", "team": "platform", "instance": "gone:1"}
    alerts = [
        {**labels, "alertname": "BikeApiDown", "severity": "critical", "scope": "job"},
        {**labels, "alertname": "HighLatency"},
        {**labels, "alertname": "OfTheJob", "instance": ""},
        {**labels, "alertname": "OfAnotherReplica", "instance": "fine:1"},
        # one of two replicas: the other one may fail all the same
        {**labels, "alertname": "ChurnApiDown", "job": "churn-api", "scope": "instance"},
        {**labels, "alertname": "OfOneReplica", "job": "churn-api"},
        {**labels, "alertname": "OfTheRest", "job": "churn-api", "instance": ""},
    ]
    posted = [{"labels": item, "annotations": {"summary": "a test"}} for item in alerts]
    url = f"{watched.alertmanager.url}/api/v2/alerts"
    assert requests.post(url, json=posted, timeout=120).status_code == 200
    told = requests.get(url, timeout=120).json()
    states = {
        item["labels"]["alertname"]: item["status"]["state"]
        for item in told
        if item["labels"].get("instance") != f"127.0.0.1:{watched.port}"
    }
    silenced = {name for name, item in _inhibited(url).items() if item}
    assert {"HighLatency", "OfTheJob", "OfOneReplica"} <= silenced, states
    assert not {"BikeApiDown", "OfAnotherReplica", "OfTheRest"} & silenced, states


def test_the_dead_mans_switch_is_heard_at_its_own_receiver_only(watched: Watched) -> None:
    # the first one may come before Prometheus knows its Alertmanager; it is sent again in a minute
    watched.http.wait("/heartbeat", webhook("Watchdog", "firing"), 300)
    for path in ("/inbox", "/webhook"):
        assert not any(webhook("Watchdog", "firing")(body) for body in watched.http.at(path))


def _inhibited(url: str) -> dict[str, list[str]]:
    """Alert name to what inhibits it; Alertmanager tells once it has looked at the alert."""
    found: dict[str, list[str]] = {}
    for _ in range(1500):
        alerts = requests.get(url, timeout=120).json()
        found = {item["labels"]["alertname"]: item["status"]["inhibitedBy"] for item in alerts}
        if all(found.get(name) for name in ("HighLatency", "OfTheJob", "OfOneReplica")):
            break
        time.sleep(0.2)
    return found


def _until_scraped(watched: Watched) -> None:
    url = f"{watched.prometheus.url}/api/v1/query"
    query = {"query": 'up{job="bike-api"} == 1'}
    for _ in range(1500):
        if requests.get(url, params=query, timeout=120).json()["data"]["result"]:
            return
        time.sleep(0.2)
    raise AssertionError("Prometheus did not scrape the service in five minutes")
