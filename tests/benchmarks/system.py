"""What the benchmarks of pages look at: the bike service with evaluations, scraped for real."""

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests import servers

WINDOWS = ("february_week1", "february_week2", "february_week3", "march_2011")


@dataclass(frozen=True)
class Bike:
    """What runs, and the evaluations that were made, the oldest first."""

    api: servers.Server
    prometheus: servers.Server
    alertmanager: servers.Server
    evaluations: tuple[str, ...]


def bike_api(folder: Path, port: int) -> AbstractContextManager[servers.Server]:
    """The service on a port, with the data that it had there before."""
    command = [sys.executable, "-m", "model_service", "bike-sharing", "--port", str(port)]
    environment = {"BELVEDERE_DATA_DIR": str(folder / "data"), "BELVEDERE_API_TOKEN": ""}
    return servers.started(command, port, "/ready", folder / "api", environment, timeout=60)


@contextmanager
def bike_system(folder: Path) -> Iterator[Bike]:
    with ExitStack() as stack:
        port = servers.free_port()
        api = stack.enter_context(bike_api(folder, port))
        node = stack.enter_context(servers.node_exporter())
        alertmanager = stack.enter_context(servers.alertmanager())
        prometheus = stack.enter_context(
            servers.prometheus(
                {"bike-api": f"127.0.0.1:{port}", "node": node.address},
                scrape_interval="5s",
                alertmanager=alertmanager.address,
                directory=folder / "prometheus",
            )
        )
        made = tuple(_evaluated(api.url, window) for window in WINDOWS)
        _until_scraped(prometheus.url)
        yield Bike(api, prometheus, alertmanager, made)


def _evaluated(url: str, window: str) -> str:
    body = {"window": window, "publish": True}
    made: dict[str, Any] = requests.post(f"{url}/evaluations", json=body, timeout=10).json()
    deadline = time.monotonic() + 120
    at = f"{url}/evaluations/{made['evaluation_id']}"
    while (state := requests.get(at, timeout=10).json()["state"]) != "succeeded":
        if state == "failed" or time.monotonic() > deadline:
            raise RuntimeError(f"the evaluation of {window} is {state}")
        time.sleep(0.2)
    return str(made["evaluation_id"])


def _until_scraped(prometheus: str) -> None:
    deadline = time.monotonic() + 60
    query = {"query": "model_drift_detected == model_drift_detected"}
    while not requests.get(f"{prometheus}/api/v1/query", query, timeout=5).json()["data"]["result"]:
        if time.monotonic() > deadline:
            raise RuntimeError("Prometheus has scraped no evaluation within 60 s")
        time.sleep(0.5)
