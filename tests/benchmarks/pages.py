"""Pages in Chromium: from a click to the last chart, with one model and with 50 of them."""

import os
import sys
import tempfile
import time
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page

from tests import servers
from tests.benchmarks.arithmetic import table
from tests.e2e.browser import chromium
from tests.history import Service, write_blocks

ROOT = Path(__file__).resolve().parents[2]
MODELS, ROUNDS = 50, 5
HISTORY_SECONDS = 2 * 3600
# how many charts make a page complete
CHARTS = {
    "Traffic": 6, "Infrastructure": 6, "Explore": 1, "Overview": 4, "Drift": 7, "Quality": 9,
}  # fmt: skip
MEASURED = ("Traffic", "Infrastructure", "Explore", "Overview")
DRAWN = """charts => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (app.getAttribute('data-test-script-state') !== 'notRunning') return false;
  if (document.querySelector('[data-testid="stSkeleton"]')) return false;
  const drawn = [...document.querySelectorAll('.js-plotly-plot')];
  return drawn.length >= charts && drawn.every(chart => chart.querySelector('.main-svg'));
}"""


def run() -> dict[str, Any]:
    """Seconds, medians of warm rounds; a cold visit of every page goes before."""
    one = _measured(1, list(MEASURED))
    many = _measured(MODELS, ["Overview"])
    rows = [[f"{page}, 1 model", seconds] for page, seconds in one.items()]
    rows += [[f"{page}, {MODELS} models", seconds] for page, seconds in many.items()]
    changes = [seconds for page, seconds in one.items() if page != "first visit"]
    rows.append(["median page change", median(changes)])
    print(table(rows, ["page", "seconds"]), "\n")
    return {"one_model": one, "fifty_models": many, "median_page_change": median(changes)}


def _measured(models: int, pages: list[str]) -> dict[str, float]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="belvedere-")))
        services = [
            Service(f"model-{number:02}", f"job-{number:02}", "127.0.0.1:1", seed=number)
            for number in range(models)
        ]
        now = time.time()
        write_blocks(folder / "prometheus" / "data", services, now - HISTORY_SECONDS, now)
        node = stack.enter_context(servers.node_exporter())
        real = stack.enter_context(
            servers.prometheus({"node": node.address}, directory=folder / "prometheus")
        )
        url = stack.enter_context(started_console(real.url, folder / "console")).url
        page = stack.enter_context(chromium()).new_page(viewport={"width": 1440, "height": 1000})
        started = time.perf_counter()
        page.goto(url)
        _wait(page, "Overview", models)
        found = {"first visit": time.perf_counter() - started}
        rounds: dict[str, list[float]] = {name: [] for name in pages}
        for number in range(ROUNDS + 1):
            for name in [*pages, "Board"]:
                seconds = change_page(page, name, models)
                if number and name in rounds:
                    rounds[name].append(seconds)
        return found | {name: median(seconds) for name, seconds in rounds.items()}


def started_console(
    prometheus_url: str, folder: Path, alertmanager_url: str | None = None
) -> AbstractContextManager[servers.Server]:
    port = servers.free_port()
    command = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "console" / "app.py"),
        "--server.port", str(port), "--server.headless", "true",
    ]  # fmt: skip
    environment = {
        **os.environ,
        "BELVEDERE_PROMETHEUS_URL": prometheus_url,
        "BELVEDERE_ALERTMANAGER_URL": alertmanager_url or f"http://127.0.0.1:{servers.free_port()}",
        "BELVEDERE_CONSOLE_DIR": str(folder / "kept"),
    }
    return servers.started(command, port, "/_stcore/health", folder, environment, timeout=60)


def change_page(page: Page, name: str, models: int) -> float:
    started = time.perf_counter()
    page.get_by_role("navigation", name="App pages").get_by_role("link", name=name).click()
    page.get_by_role("heading", level=1, name=name).wait_for()
    _wait(page, name, models)
    return time.perf_counter() - started


def _wait(page: Page, name: str, models: int) -> None:
    if name == "Overview":
        page.get_by_role("row").nth(1).wait_for()
    # the Overview draws charts of a model that is alone
    charts = 0 if name == "Overview" and models > 1 else CHARTS.get(name, 0)
    page.wait_for_function(DRAWN, arg=charts, polling=20)
