"""Each scenario of cats and dogs on the whole native stack: it fires its alert and no other.

The rules are the real ones with windows of 12 seconds and a sixtieth of their holding times.
"""

import re
import shlex
import signal
import subprocess
import sys

import pytest
import requests

from demo.drills import TRAFFIC_DRILLS
from deployment.local.programs import ROOT
from tests.deployment.test_stack import Place, until

WINDOWS = {"2m": "12s", "5m": "12s", "10m": "12s", "30m": "36s", "1h": "72s"}
# other alerts depend on how busy the machine is
ABOUT_CATS_AND_DOGS = re.compile(r"CatsDogs\w+|HighErrorRatio|PredictionLogFailing")
LINE = re.compile(r"^\d\d:\d\d:\d\d +\d+\.\d s  (\w+) +(.*)$")

# with tests/demo/test_fire_alert.py, on one stack
pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("drills")]


def shortened(rules: str) -> str:
    """Return rules with short windows and holding times, and fewer predictions as a minimum."""

    def seconds(match: re.Match[str]) -> str:
        return f"{match[1]}: {int(match[2])}s"

    rules = re.sub(r"\b(for|interval): (\d+)m\b", seconds, rules)
    for window, short in WINDOWS.items():
        rules = re.sub(rf"(?<=\[){window}(?=\])|(?<=offset ){window}\b", short, rules)
    return rules.replace(">= 50", ">= 20")


def shorten(stack: Place) -> None:
    """Have Prometheus and Alertmanager of a running stack read shortened files."""
    run = stack.folder / "run"
    rules = run / "prometheus/rules"
    for file in rules.glob("*.yml"):
        file.write_text(shortened(file.read_text()))
    prometheus = run / "prometheus/prometheus.yml"
    text = prometheus.read_text().replace("evaluation_interval: 5s", "evaluation_interval: 2s")
    job = "job_name: cats-dogs-api\n"
    intervals = f"{job}    scrape_interval: 2s\n    scrape_timeout: 2s\n"
    assert job in text
    prometheus.write_text(text.replace(job, intervals))
    alertmanager = run / "alertmanager/alertmanager.yml"
    text = re.sub(r"group_wait: \w+", "group_wait: 1s", alertmanager.read_text())
    alertmanager.write_text(re.sub(r"group_interval: \w+", "group_interval: 1s", text))
    for name in ("PROMETHEUS", "ALERTMANAGER"):
        answer = requests.post(f"{stack.url(name)}/-/reload", timeout=120)
        assert answer.ok, answer.text


@pytest.fixture(scope="module")
def short_stack(stack: Place) -> Place:
    shorten(stack)
    return stack


def command(stack: Place, alert: str, scenario: str) -> list[str]:
    fault = [sys.executable, "-m", "deployment.faults", "--folder", str(stack.folder)]
    return [
        sys.executable, "-u", "-m", "demo.fire_alert", "--alert", alert, "--scenario", scenario,
        "--pets-url", stack.url("CATS_DOGS_API"), "--prometheus", stack.url("PROMETHEUS"),
        "--alertmanager", stack.url("ALERTMANAGER"), "--inbox", stack.url("INBOX"),
        "--fault-command", shlex.join(fault),
    ]  # fmt: skip


def fire(stack: Place, alert: str, scenario: str, last: str = "others") -> dict[str, str]:
    """Run a drill until it has printed the step `last`; return its steps."""
    steps: dict[str, str] = {}
    with subprocess.Popen(
        command(stack, alert, scenario),
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as drill:  # fmt: skip
        assert drill.stdout is not None
        for line in drill.stdout:
            if match := LINE.match(line):
                steps[match[1]] = match[2]
            if last in steps:
                break
        drill.send_signal(signal.SIGINT)
        _, errors = drill.communicate(timeout=300)
    assert last in steps, errors
    return steps


@pytest.mark.parametrize(
    ("alert", "scenario", "notification"),
    [
        ("low-confidence", "dark", r"\d+% of the predictions of .* have low confidence"),
        ("class-share", "other-species", r"share of neither in the predictions of .* above"),
        ("negative-feedback", "negative-feedback", r"\d+% of the feedback on .* is negative"),
        ("slow", "slow", r"takes \S+s on average"),
        ("low-confidence", "blur", r"\d+% of the predictions of .* have low confidence"),
        ("few-predictions", "no-traffic", r"classified \S+% of the usual number of images"),
    ],
)
def test_a_scenario_fires_its_alert_and_no_other(
    alert: str, scenario: str, notification: str, short_stack: Place
) -> None:
    name = TRAFFIC_DRILLS[alert].alertname
    assert until(lambda: not short_stack.query(f'ALERTS{{alertname="{name}"}}'))
    steps = fire(short_stack, alert, scenario)
    assert re.search(notification, steps["notified"].replace(" %", "%")), steps
    assert ABOUT_CATS_AND_DOGS.findall(steps["others"]) == []


def test_a_stopped_database_is_notified_and_its_return_too(short_stack: Place) -> None:
    steps = fire(short_stack, "database-down", "database-down", last="resolved")
    assert "do not reach their database" in steps["notified"]
    assert ABOUT_CATS_AND_DOGS.findall(steps["others"]) == []
    assert list(steps) == [
        "started", "pending", "firing", "notified", "ended", "others", "quiet", "resolved",
    ]  # fmt: skip
    (received,) = (
        requests.get(f"{short_stack.url('INBOX')}/notifications", timeout=120).json().values()
    )
    statuses = [
        entry["status"]
        for entry in received
        if entry["labels"]["alertname"] == "CatsDogsDatabaseUnreachable"
    ]
    assert statuses == ["firing", "resolved"]


def test_a_killed_drill_leaves_no_fault_behind(short_stack: Place) -> None:
    with subprocess.Popen(
        command(short_stack, "database-down", "database-down"), cwd=ROOT, stdout=subprocess.DEVNULL
    ) as drill:
        assert until(lambda: short_stack.query("cv_database_connected") == ["0"])
        drill.kill()
    assert until(lambda: short_stack.query("cv_database_connected") == ["1"])
