"""Promises in seconds: a cancelled job ends within one, an alert arrives within a minute."""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

from deployment.local.programs import ROOT
from model_service.models.bike_sharing import data
from tests.benchmarks.arithmetic import table
from tests.benchmarks.system import bike_api
from tests.deployment.test_stack import placed
from tests.servers import free_port

DELAYS = (0.0, 0.4, 1.0, 2.0)
CANCEL_SECONDS, ALERT_SECONDS = 1.0, 60.0


def run() -> dict[str, Any]:
    """Return the measured seconds of both promises."""
    with tempfile.TemporaryDirectory() as name:
        cancelled, notified = cancel(Path(name) / "bike"), alert(Path(name) / "stack")
    rows: list[list[object]] = [
        ["cancel a running job, slowest", max(cancelled), CANCEL_SECONDS],
        ["alert: injected to notified", notified, ALERT_SECONDS],
    ]
    print(table(rows, ["promise", "seconds", "target"]), "\n")
    return {"cancel": cancelled, "alert": notified}


def cancel(folder: Path) -> list[float]:
    """Return the seconds from DELETE until the job is cancelled, at several stages of a job."""
    row = {field.name: field.example for field in data.INPUTS} | {data.SCHEMA.target: 1}
    body = json.dumps({"data": [row] * 90_000})
    seconds = []
    with bike_api(folder, free_port()) as server:
        for delay in DELAYS:
            job = requests.post(f"{server.url}/evaluations", body, timeout=60).json()
            url = f"{server.url}/evaluations/{job['evaluation_id']}"
            while requests.get(url, timeout=60).json()["state"] == "queued":
                time.sleep(0.02)
            time.sleep(delay)
            start = time.monotonic()
            requests.delete(url, timeout=60)
            while requests.get(url, timeout=60).json()["state"] == "running":
                time.sleep(0.02)
            seconds.append(time.monotonic() - start)
    return seconds


def alert(folder: Path) -> float:
    """Return the seconds from injected rows to the notification, as the drill reports them."""
    with placed(folder) as stack:
        started = stack.run("up")
        if started.returncode != 0:
            raise RuntimeError(started.stderr)
        command = [
            sys.executable, "-m", "demo.fire_alert",
            "--url", stack.url("BIKE_API"), "--prometheus", stack.url("PROMETHEUS"),
            "--alertmanager", stack.url("ALERTMANAGER"), "--inbox", stack.url("INBOX"),
        ]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    lines = re.findall(r"^\d\d:\d\d:\d\d +(\d+\.\d) s  (\w+)", done.stdout, flags=re.MULTILINE)
    steps = {step: float(seconds) for seconds, step in lines}
    return steps["notified"] - steps["injected"]
