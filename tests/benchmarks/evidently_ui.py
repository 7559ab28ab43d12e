"""Our pages beside those of an Evidently UI workspace with the same evaluations, in one browser."""

import io
import os
import sys
import tempfile
import time
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import requests
from evidently import DataDefinition, Dataset, Regression, Report
from evidently.presets import DataDriftPreset, RegressionPreset
from evidently.ui.workspace import Workspace
from playwright.sync_api import Page

from tests import servers
from tests.benchmarks.arithmetic import table
from tests.benchmarks.pages import change_page, started_console
from tests.benchmarks.system import Bike, bike_system
from tests.e2e.browser import chromium

ROUNDS = 5
NUMBERS = ["temp", "atemp", "hum", "windspeed", "mnth", "hr", "weekday"]
LABELS = ["season", "holiday", "workingday", "weathersit"]
OURS = ("Drift", "Quality", "Traffic", "Overview")
THEIR_CHARTS = 4
DRAWN = """charts => {
  if (document.querySelector('[role="progressbar"]')) return false;
  const drawn = [...document.querySelectorAll('.js-plotly-plot')];
  return drawn.length >= charts && drawn.every(chart => chart.querySelector('.main-svg'));
}"""


def run() -> dict[str, Any]:
    """Seconds from the click to the last chart, medians of warm rounds that take turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="belvedere-")))
        system = stack.enter_context(bike_system(folder))
        project = _workspace(folder / "workspace", system)
        theirs = stack.enter_context(_evidently_ui(folder))
        console = stack.enter_context(
            started_console(system.prometheus.url, folder / "console", system.alertmanager.url)
        )
        browser = stack.enter_context(chromium())
        ours, other = (browser.new_page(viewport={"width": 1440, "height": 1000}) for _ in range(2))
        ours.goto(f"{console.url}/board")
        ours.get_by_role("heading", level=1, name="Board").wait_for()
        rounds: dict[str, list[float]] = {}
        for number in range(ROUNDS + 1):
            for name in OURS:
                seconds = change_page(ours, name, 1)
                change_page(ours, "Board", 1)
                if number:
                    rounds.setdefault(f"ours, {name}", []).append(seconds)
            seconds = _their_report(other, f"{theirs.url}/projects/{project}/reports")
            if number:
                rounds.setdefault("Evidently UI, report", []).append(seconds)
    found = {name: median(seconds) for name, seconds in rounds.items()}
    base = found["Evidently UI, report"]
    rows = [[name, seconds, seconds / base] for name, seconds in found.items()]
    print(table(rows, ["page", "seconds", "times Evidently UI's"]), "\n")
    return {"seconds": found, "load": os.getloadavg()}


def _workspace(folder: Path, system: Bike) -> str:
    """A project with a report each evaluation, of the very rows that our service scored."""
    definition = DataDefinition(
        regression=[Regression(target="cnt", prediction="prediction")],
        numerical_columns=NUMBERS, categorical_columns=LABELS,
    )  # fmt: skip
    columns = [*NUMBERS, *LABELS, "cnt", "prediction"]
    workspace = Workspace.create(str(folder))
    project = workspace.create_project("bike-sharing")
    datasets = [
        Dataset.from_pandas(_rows(system, key)[columns], definition) for key in system.evaluations
    ]
    for dataset in datasets[1:]:
        report = Report([RegressionPreset(), DataDriftPreset(columns=[*NUMBERS, *LABELS])])
        workspace.add_run(project.id, report.run(dataset, datasets[0]))
    return str(project.id)


def _rows(system: Bike, evaluation_id: str) -> pd.DataFrame:
    url = f"{system.api.url}/evaluations/{evaluation_id}/rows.parquet"
    return pd.read_parquet(io.BytesIO(requests.get(url, timeout=30).content))


def _evidently_ui(folder: Path) -> AbstractContextManager[servers.Server]:
    port = servers.free_port()
    command = [
        str(Path(sys.executable).with_name("evidently")), "ui", "--port", str(port),
        "--workspace", str(folder / "workspace"),
    ]  # fmt: skip
    environment = {"DO_NOT_TRACK": "1"}
    return servers.started(command, port, "/api/projects", folder / "ui", environment, timeout=90)


def _their_report(page: Page, reports: str) -> float:
    page.goto(reports)
    link = page.get_by_role("link", name="View").first
    link.wait_for()
    started = time.perf_counter()
    link.click()
    page.wait_for_function(DRAWN, arg=THEIR_CHARTS, polling=20)
    return time.perf_counter() - started
