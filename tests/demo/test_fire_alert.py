"""make fire-alert on the whole native stack: from the injected shift to the notification."""

import re
import signal
import subprocess
import sys
import time

import pytest
import requests

from deployment.local.programs import ROOT
from tests.deployment.test_stack import Place

STEPS = ["injected", "scraped", "pending", "firing", "notified", "cleaned", "quiet", "resolved"]
LINE = re.compile(r"^\d\d:\d\d:\d\d +(\d+\.\d) s  (\w+)", flags=re.MULTILINE)

# with tests/demo/test_scenarios.py, on one stack
pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("drills")]


def fire(stack: Place, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable, "-m", "demo.fire_alert",
            "--url", stack.url("BIKE_API"), "--prometheus", stack.url("PROMETHEUS"),
            "--alertmanager", stack.url("ALERTMANAGER"), "--inbox", stack.url("INBOX"), *options,
        ],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip


def gauge(stack: Place, name: str) -> str:
    text = requests.get(f"{stack.url('BIKE_API')}/metrics", timeout=120).text
    (found,) = re.findall(rf"^{name} (\S+)$", text, flags=re.MULTILINE)
    return str(found)


def test_a_drill_that_is_interrupted_cleans_up_and_says_so(stack: Place) -> None:
    with subprocess.Popen(
        [
            sys.executable, "-m", "demo.fire_alert",
            "--url", stack.url("BIKE_API"), "--prometheus", stack.url("PROMETHEUS"),
            "--alertmanager", stack.url("ALERTMANAGER"), "--inbox", stack.url("INBOX"),
        ],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as drill:  # fmt: skip
        assert drill.stdout is not None
        while "injected" not in (line := drill.stdout.readline()):
            assert line, "it ended before it injected anything"
        drill.send_signal(signal.SIGINT)
        said, errors = drill.communicate(timeout=120)
    assert (drill.returncode, errors.strip()) == (130, "stopped")
    assert "cleaned" in said
    deadline = time.monotonic() + 300
    while gauge(stack, "model_evaluation_synthetic") != "0.0":
        assert time.monotonic() < deadline, "the gauges still show the drill"
        time.sleep(0.5)
    # the next drill finds a quiet alert
    while stack.query('ALERTS{alertname="ModelErrorHigh"}'):
        assert time.monotonic() < deadline, "the alert is still there"
        time.sleep(0.5)


def test_the_rmse_alert_arrives_and_is_resolved_afterwards(stack: Place) -> None:
    done = fire(stack)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Alert: ModelErrorHigh. Reason: ")
    steps = {name: float(seconds) for seconds, name in LINE.findall(done.stdout)}
    assert list(steps) == STEPS
    assert sorted(steps.values()) == list(steps.values())
    assert re.search(
        r"notified  RMSE of bike-sharing is 17\d\.?\d*, above the threshold of 60", done.stdout
    )
    assert "data-science-critical" in done.stdout
    assert (gauge(stack, "model_rmse_score"), gauge(stack, "model_evaluation_synthetic")) == (
        "NaN",
        "0.0",
    )
    received = requests.get(f"{stack.url('INBOX')}/notifications", timeout=120).json()
    told = [
        entry["status"]
        for entry in received["notifications"]
        if entry["labels"]["alertname"] == "ModelErrorHigh"
    ]
    assert told == ["firing", "resolved"]


def test_the_drift_alert_arrives_from_a_genuine_shift(stack: Place) -> None:
    done = fire(stack, "--alert", "drift")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [name for _, name in LINE.findall(done.stdout)] == STEPS
    assert done.stdout.startswith("Alert: ModelDataDrift. Reason: ")
    assert "third week of February" in done.stdout


def test_a_shift_that_is_too_small_for_the_alert_is_said_and_cleaned_up(stack: Place) -> None:
    done = fire(stack, "--shift", "third_week")
    assert done.returncode == 1
    assert "this shift is too small" in done.stderr
    assert [name for _, name in LINE.findall(done.stdout)] == ["injected", "cleaned"]


def test_an_alert_that_fires_already_is_not_fired_again(stack: Place) -> None:
    drilled = requests.post(
        f"{stack.url('BIKE_API')}/trigger-drift", json={"expires_seconds": 60}, timeout=120
    )
    assert drilled.ok
    for _ in range(120):
        if stack.query('ALERTS{alertname="ModelErrorHigh"}'):
            break
        time.sleep(0.5)
    done = fire(stack)
    assert done.returncode == 1
    assert re.search(r"ModelErrorHigh is already (pending|firing)", done.stderr)
    assert "injected" not in done.stdout


def test_a_source_that_does_not_answer_is_named_before_anything_is_injected(stack: Place) -> None:
    done = fire(stack, "--inbox", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "The notification log did not answer at http://127.0.0.1:9/notifications" in done.stderr
    assert "injected" not in done.stdout
    assert "Traceback" not in done.stderr
