"""The real thing for the browser tests: service, Prometheus, Alertmanager, console, Chromium."""

import shutil
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from demo import hours
from demo.client import ServiceClient
from tests import servers
from tests.e2e.browser import VIEWPORT, chromium, open_page
from tests.services import serving

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class System:
    """Addresses of what runs."""

    console: str
    api: str
    prometheus: servers.Server
    alertmanager: str
    folder: Path


def console(stack: ExitStack, prometheus_url: str, alertmanager_url: str, folder: Path) -> str:
    port = servers.free_port()
    command = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "console" / "app.py"),
        "--server.port", str(port), "--server.headless", "true",
    ]  # fmt: skip
    environment = {
        "BELVEDERE_PROMETHEUS_URL": prometheus_url,
        "BELVEDERE_ALERTMANAGER_URL": alertmanager_url,
        "BELVEDERE_QUERY_TIMEOUT_SECONDS": "5",
        "BELVEDERE_CONSOLE_DIR": str(folder / "kept"),
    }
    started = servers.started(command, port, "/_stcore/health", folder, environment, timeout=120)
    return stack.enter_context(started).url


@pytest.fixture(scope="package")
def system(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A service with some traffic, scraped by a real Prometheus, and a console that shows it."""
    folder = tmp_path_factory.mktemp("system")
    shutil.copytree(trained, folder / "data")
    with ExitStack() as stack:
        service = stack.enter_context(serving(folder / "data"))
        alertmanager = stack.enter_context(servers.alertmanager())
        node = stack.enter_context(servers.node_exporter())
        prometheus = stack.enter_context(
            servers.prometheus(
                {"bike-api": service.server.address, "node": node.address},
                rules=sorted((ROOT / "deployment" / "prometheus" / "rules").glob("*.yml")),
                alertmanager=alertmanager.address,
                directory=folder / "prometheus",
                port=servers.free_port(),
            )
        )
        api = ServiceClient(service.url, 10)
        for record in list(hours.records("2011-02-01", "2011-02-02")):
            truth = record.pop(hours.TRUTH)
            made = api.post("/predict", record)
            api.post("/feedback", {"prediction_id": made["prediction_id"], "truth": truth})
        shown = console(stack, prometheus.url, alertmanager.url, folder / "console")
        _wait_for_scrape(prometheus.url)
        yield System(shown, service.url, prometheus, alertmanager.url, folder)


def _wait_for_scrape(prometheus_url: str) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{prometheus_url}/api/v1/query?query=model_info") as answer:
            if b"bike-sharing" in answer.read():
                return
        time.sleep(0.2)
    raise AssertionError("Prometheus scraped no model within 30 s")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def one_page(browser: Browser) -> Iterator[Page]:
    opened = open_page(browser)
    yield opened
    opened.close()


@pytest.fixture
def page(one_page: Page) -> Page:
    """Return the worker's page as if it were new.

    Its process keeps the console's scripts, which cost another page 3 seconds of a core.
    """
    one_page.goto("about:blank")
    one_page.context.clear_cookies()
    one_page.set_viewport_size(VIEWPORT)
    one_page.emulate_media(color_scheme="light")
    return one_page
