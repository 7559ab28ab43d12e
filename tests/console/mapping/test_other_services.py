"""Services that others wrote, scraped by a real Prometheus: mapped, and each query answers."""

import os
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from console.adapters.prometheus import Prometheus
from console.mapping.propose import Proposal, propose
from tests import servers
from tests.benchmarks.environments import environment

pytestmark = pytest.mark.stack
PATIENCE_SECONDS = 60.0
SHOP = """
    from fastapi import FastAPI, HTTPException
    from prometheus_fastapi_instrumentator import Instrumentator

    app = FastAPI()
    Instrumentator().instrument(app).expose(app)

    @app.get("/price/{rooms}")
    def price(rooms: int) -> dict[str, float]:
        if rooms > 9:
            raise HTTPException(500, "too large")
        return {"price": 20.0 * rooms}
"""
CALM = """
    import bentoml

    @bentoml.service(workers=1)
    class Calm:
        @bentoml.api
        def price(self, rooms: int) -> float:
            if rooms > 9:
                raise RuntimeError("too large")
            return 20.0 * rooms
"""


def mapped(source: Prometheus, job: str, ask: Callable[[], Any]) -> Proposal:
    """The proposal for a job under traffic, once every query of requests has an answer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        ask()
        proposal = propose(source.families(job))
        if {item.role for item in proposal.mapped} >= {"requests", "errors", "latency"}:
            values = answers(source, proposal, job)
            if values["errors"] > 0 and values["latency"] == values["latency"]:
                return proposal
        assert time.monotonic() < deadline, f"{proposal.problems}, {proposal.unmapped}"
        time.sleep(0.3)


def answers(source: Prometheus, proposal: Proposal, job: str) -> dict[str, float]:
    """Role to what its query gives now; NaN where it gives no sample."""
    found: dict[str, float] = {}
    for item in proposal.mapped:
        series = source.instant(item.query.render({"job": job}, "1m"))
        found[item.role] = float(series[0].values[-1]) if series else float("nan")
    return found


def test_an_instrumented_fastapi_application_has_traffic_errors_and_latency(
    tmp_path: Path,
) -> None:
    (tmp_path / "shop.py").write_text(textwrap.dedent(SHOP))
    port = servers.free_port()
    command = [
        sys.executable, "-m", "uvicorn", "shop:app", "--port", str(port), "--app-dir",
        str(tmp_path),
    ]  # fmt: skip
    with (
        servers.started(command, port, "/metrics", tmp_path / "log") as shop,
        servers.prometheus({"shop": shop.address}) as server,
    ):

        def ask() -> None:
            for rooms in (1, 2, 3, 10):
                requests.get(f"{shop.url}/price/{rooms}", timeout=120)

        source = Prometheus(server.url, 5)
        proposal = mapped(source, "shop", ask)
        values = answers(source, proposal, "shop")
    assert {item.convention for item in proposal.mapped} == {"prometheus-fastapi-instrumentator"}
    # one call in four fails; the scrapes are no traffic
    assert values["errors"] == pytest.approx(0.25, abs=0.1)
    assert values["requests"] > 0
    assert 0 < values["latency"] < 1
    assert set(proposal.problems) == {"quality", "drift"}
    assert "http_request_size_bytes" in proposal.unmapped


def test_a_bentoml_service_has_traffic_errors_and_latency(tmp_path: Path) -> None:
    """In an environment of its own, which is installed from its lock file the first time."""
    bentoml = environment("bentoml")
    (tmp_path / "calm.py").write_text(textwrap.dedent(CALM))
    port = servers.free_port()
    command = [
        str(bentoml / "bentoml"), "serve", "calm:Calm", "--working-dir", str(tmp_path), "--host",
        "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    alone = {
        "BENTOML_HOME": str(tmp_path / "home"),
        "BENTOML_DO_NOT_TRACK": "true",
        "PATH": f"{bentoml}{os.pathsep}{os.environ['PATH']}",
    }
    with (
        servers.started(command, port, "/readyz", tmp_path / "log", alone, timeout=120) as calm,
        servers.prometheus({"calm": calm.address}) as server,
    ):

        def ask() -> None:
            for rooms in (1, 2, 3, 10):
                requests.post(f"{calm.url}/price", json={"rooms": rooms}, timeout=120)

        source = Prometheus(server.url, 5)
        proposal = mapped(source, "calm", ask)
        values = answers(source, proposal, "calm")
    assert {item.convention for item in proposal.mapped} == {"BentoML"}
    assert values["errors"] == pytest.approx(0.25, abs=0.1)
    assert values["requests"] > 0
    assert 0 < values["latency"] < 1
