"""The alerts on cats and dogs for real: counters, Prometheus, Alertmanager, Discord, Slack, mail.

Every duration of the rules is divided by 60, so that ten minutes pass in ten seconds.
"""

import itertools
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from prometheus_client import CollectorRegistry, start_http_server

from deployment.generate.alerts import cats_dogs
from deployment.local.programs import ROOT
from model_service.metrics.images import ImageMetrics
from tests import servers
from tests.deployment.receivers import (
    DATA_SCIENCE,
    PLATFORM,
    Received,
    delivering,
    http_receiver,
    mail_server,
)

RULES = ROOT / "deployment/prometheus/rules"
FASTER = 60
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
DURATION = re.compile(r"(?<=\[|\s)(\d+)([smhd])(?=\]|\s|\)|$)")
TICK_SECONDS = 0.05
CONSOLE = "http://console.example:8501"
ARRIVES_SECONDS = 300
ALERTS = {alert.name: alert for alert in cats_dogs.ALERTS}
# https://discord.com/developers/docs/resources/message#embed-object
DISCORD_TITLE, DISCORD_DESCRIPTION, DISCORD_COLORS = 256, 4_096, 2**24

pytestmark = pytest.mark.stack


@dataclass(frozen=True)
class Traffic:
    """What users send and how the service answers; one picture in each tick."""

    classes: tuple[str, ...] = ("cat", "dog", "dog")
    low_confidence_every: int = 20
    inference_seconds: float = 0.02
    negative_every: int = 10
    connected: bool = True
    pictures: bool = True


USUAL = Traffic()
BROKEN = Traffic(("neither",), inference_seconds=2.4, negative_every=1, connected=False)
UNSURE = Traffic(low_confidence_every=2)
NONE = Traffic(pictures=False)
CASES = {
    BROKEN: (
        "CatsDogsSlowInference",
        "CatsDogsDatabaseUnreachable",
        "CatsDogsUnusualClassShare",
        "CatsDogsNegativeFeedback",
    ),
    UNSURE: ("CatsDogsLowConfidence",),
    NONE: ("CatsDogsFewPredictions",),
}


class Source:
    """The metrics of the service, driven by traffic that a test changes."""

    def __init__(self, metrics: ImageMetrics) -> None:
        self.traffic = USUAL
        self._metrics = metrics
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        metrics.show_connection(lambda: self.traffic.connected)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(60)

    def _run(self) -> None:
        for number in itertools.count(1):
            if self._stop.wait(TICK_SECONDS):
                return
            traffic = self.traffic
            if not traffic.pictures:
                continue
            self._metrics.count(
                traffic.classes[number % len(traffic.classes)],
                low_confidence=number % traffic.low_confidence_every == 0,
                inference_seconds=traffic.inference_seconds,
                image_bytes=30_000,
                user_hash=f"{number % 7:032x}",
            )
            negative = number % traffic.negative_every == 0
            self._metrics.count_vote("negative" if negative else "positive")


@dataclass
class Watched:
    """The source, its Prometheus, and what the receivers got."""

    source: Source
    prometheus: servers.Server
    http: Received
    mail: Received

    def firing(self) -> set[str]:
        query = {"query": 'ALERTS{alertstate="firing"}'}
        answer = requests.get(f"{self.prometheus.url}/api/v1/query", query, timeout=120)
        return {item["metric"]["alertname"] for item in answer.json()["data"]["result"]}

    def wait_for_usual(self) -> None:
        """Return when usual traffic is recorded, and some of it before the last window."""
        query = {"query": "sum(cv_predictions_total offset 12s) > 100"}
        for _ in range(ARRIVES_SECONDS * 2):
            answer = requests.get(f"{self.prometheus.url}/api/v1/query", query, timeout=120)
            if answer.json()["data"]["result"]:
                return
            threading.Event().wait(0.5)
        raise AssertionError("Prometheus did not record the usual traffic")


@contextmanager
def serving_metrics() -> Iterator[tuple[Source, str]]:
    """Serve the metrics of cats and dogs; give their source and its host and port."""
    registry = CollectorRegistry()
    source = Source(ImageMetrics(registry, ("cat", "dog", "neither")))
    server, thread = start_http_server(0, "127.0.0.1", registry)
    source.start()
    try:
        yield source, f"127.0.0.1:{server.server_port}"
    finally:
        source.stop()
        server.shutdown()
        server.server_close()
        thread.join(60)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("cats-dogs-alerts")
    with ExitStack() as stack:
        http = stack.enter_context(http_receiver())
        mail = stack.enter_context(mail_server())
        manager = stack.enter_context(delivering(folder, http, mail, CONSOLE, muted=False))
        source, address = stack.enter_context(serving_metrics())
        prometheus = servers.prometheus(
            {"cats-dogs-api": address},
            rules=[
                shortened(RULES / name, folder)
                for name in ("recording_rules.yml", "alert_rules.yml")
            ],
            alertmanager=manager.address,
            scrape_interval="500ms",
            directory=folder / "prometheus",
        )
        yield Watched(source, stack.enter_context(prometheus), http, mail)


def shortened(rules: Path, folder: Path) -> Path:
    """Write the rules of cats and dogs with every duration divided; return the file."""
    groups = [
        group
        for group in yaml.safe_load(rules.read_text("utf-8"))["groups"]
        if group["name"].startswith("cats and dogs")
    ]
    for group in groups:
        for part in (group, *group["rules"]):
            for key in {"expr", "for", "interval"} & set(part):
                part[key] = DURATION.sub(_divided, f" {part[key]}").strip()
    file = folder / rules.name
    file.write_text(yaml.safe_dump({"groups": groups}), "utf-8")
    return file


def _divided(duration: re.Match[str]) -> str:
    return f"{int(duration[1]) * SECONDS[duration[2]] * 1_000 // FASTER}ms"


def check_slack(body: dict[str, Any], alert: str) -> str:
    """Check the body of an incoming webhook of Slack; return the text."""
    (attachment,) = body["attachments"]
    assert attachment["title"] == attachment["fallback"] == f"FIRING: {alert} of cats-dogs"
    assert attachment["title_link"] == CONSOLE + ALERTS[alert].console
    critical = ALERTS[alert].severity == "critical"
    assert attachment["color"] == ("danger" if critical else "warning")
    return str(attachment["text"])


def check_discord(body: dict[str, Any], alert: str) -> str:
    """Check the body of a webhook of Discord, with its limits; return the text."""
    assert set(body) <= {"content", "embeds", "username", "avatar_url"}
    (embed,) = body["embeds"]
    assert embed["title"] == f"FIRING: {alert} of cats-dogs"
    assert len(embed["title"]) <= DISCORD_TITLE
    assert 0 < len(embed["description"]) <= DISCORD_DESCRIPTION
    assert 0 <= int(embed["color"]) < DISCORD_COLORS
    return str(embed["description"])


def check_mail(mail: Any) -> str:
    """Check the headers and both parts of an e-mail; return the plain text."""
    assert mail["From"] == "belvedere@example.com"
    assert mail["Date"] and mail["Message-Id"]
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Open the console" in html
    return str(plain)


@pytest.mark.parametrize("traffic", CASES, ids=["broken", "unsure", "none"])
def test_an_alert_reaches_discord_slack_and_its_team_by_mail(
    traffic: Traffic, watched: Watched
) -> None:
    names = CASES[traffic]
    watched.source.traffic = USUAL
    watched.wait_for_usual()
    assert not watched.firing() & set(names)
    watched.source.traffic = traffic
    for name in names:
        subject = f"FIRING: {name} of cats-dogs"

        def is_of_alert(message: Any, subject: str = subject) -> bool:
            return subject in str(message)

        slack = watched.http.wait("/slack", is_of_alert, ARRIVES_SECONDS)
        discord = watched.http.wait("/discord", is_of_alert, ARRIVES_SECONDS)
        team = {"platform": PLATFORM, "data-science": DATA_SCIENCE}[ALERTS[name].team]
        mail = watched.mail.wait(team, is_of_alert, ARRIVES_SECONDS)
        assert mail["Subject"] == subject
        for text in (check_slack(slack, name), check_discord(discord, name), check_mail(mail)):
            assert f"{ALERTS[name].summary}." in text
            assert "cats-dogs-api" in text
            assert "Value: " in text
            assert f"Console: {CONSOLE}{ALERTS[name].console}" in text
            assert f"Runbook: deployment/runbook.md#{name.lower()}" in text


def test_every_alert_on_cats_and_dogs_is_one_of_the_delivered() -> None:
    assert {name for names in CASES.values() for name in names} == set(ALERTS)
