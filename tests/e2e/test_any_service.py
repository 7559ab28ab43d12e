"""docs/any_service.md as a reader does it, in Chromium: foreign services added and evaluated."""

import os
import re
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests import servers
from tests.benchmarks.environments import environment
from tests.console.mapping.test_other_services import CALM
from tests.e2e import axe
from tests.e2e.conftest import console
from tests.e2e.screenshots import wait_until_drawn

# six charts and a first look at a page, on a machine that does other things too
SLOW = 60_000
TEXT = (Path(__file__).parents[2] / "docs/any_service.md").read_text("utf-8")
pytestmark = pytest.mark.browser


@dataclass
class Others:
    """Addresses of what runs, and the folder that the console may read."""

    console: str
    prometheus: str
    rows: Path
    kept: Path


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Others]:
    """The page's FastAPI application, a BentoML service, their traffic, Prometheus, the console."""
    folder = tmp_path_factory.mktemp("others")
    (folder / "shop.py").write_text(block("python", "# shop.py"))
    settings = block("toml", "# console.toml").replace('["rows"]', f'["{folder}/rows"]')
    settings = settings.replace("duckdb:///rows", f"duckdb:///{folder}/rows")
    (folder / "console.toml").write_text(settings)
    (folder / "calm.py").write_text(textwrap.dedent(CALM))
    run(block("sh", "mkdir -p rows"), folder)
    bentoml = environment("bentoml")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        ports = servers.free_port(), servers.free_port()
        # the page's second line; the first installs what the tests have
        serve = block("sh", "pip install").splitlines()[1].replace("8003", str(ports[0]))
        command = ["bash", "-c", f"cd {folder} && exec {sys.executable} -m {serve}"]
        shop = stack.enter_context(servers.started(command, ports[0], "/metrics", folder / "a"))
        command = [
            str(bentoml / "bentoml"), "serve", "calm:Calm", "--working-dir", str(folder), "--host",
            "127.0.0.1", "--port", str(ports[1]),
        ]  # fmt: skip
        alone = {
            "BENTOML_HOME": str(folder / "home"),
            "BENTOML_DO_NOT_TRACK": "true",
            "PATH": f"{bentoml}{os.pathsep}{os.environ['PATH']}",
        }
        calm = stack.enter_context(
            servers.started(command, ports[1], "/readyz", folder / "b", alone, timeout=120)
        )
        alertmanager = stack.enter_context(servers.alertmanager())
        prometheus = stack.enter_context(
            servers.prometheus(config=scraping(shop.address, calm.address))
        )
        run(block("sh", "for rooms").replace("127.0.0.1:8003", shop.address), folder)
        patch.setenv("BELVEDERE_CONSOLE_FILE", str(folder / "console.toml"))
        shown = console(stack, prometheus.url, alertmanager.url, folder / "console")
        stack.enter_context(asked_all_the_time(shop.url, calm.url))
        wait_for_traffic(prometheus.url)
        yield Others(shown, prometheus.url, folder / "rows", folder / "console" / "kept")


def block(language: str, first: str) -> str:
    """The block of the page that begins so."""
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.M | re.S)
    return next(text for text in found if text.startswith(first))


def run(command: str, folder: Path) -> None:
    """A command of the page, with this Python."""
    here = re.sub(r"^python ", f"{sys.executable} ", command, flags=re.M)
    shell = ["bash", "-euo", "pipefail", "-c", here]
    done = subprocess.run(shell, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def scraping(shop: str, calm: str) -> str:
    """Prometheus's file with the job of the page, and one more."""
    job = block("yaml", "  - job_name: shop").replace("127.0.0.1:8003", shop)
    other = job.replace("shop", "calm").replace(shop, calm)
    return f"global: {{scrape_interval: 1s}}\nscrape_configs:\n{job}{other}"


class asked_all_the_time:
    """One call in four fails."""

    def __init__(self, shop: str, calm: str) -> None:
        self._shop, self._calm = shop, calm
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(20)

    def _ask(self) -> None:
        while not self._ended.wait(1.0):
            for rooms in (1, 2, 3, 10):
                requests.get(f"{self._shop}/price/{rooms}", timeout=120)
                requests.post(f"{self._calm}/price", json={"rooms": rooms}, timeout=120)


def wait_for_traffic(prometheus: str) -> None:
    deadline = time.monotonic() + 300
    for query in (
        "rate(http_requests_total[1m]) > 0",
        "rate(bentoml_service_request_total[1m]) > 0",
    ):
        while True:
            answer = requests.get(f"{prometheus}/api/v1/query", {"query": query}, timeout=120)
            if answer.json()["data"]["result"]:
                break
            assert time.monotonic() < deadline, query
            time.sleep(0.2)


def row(page: Page, name: str) -> Locator:
    link = page.get_by_role("link", name=name, exact=True)
    return page.get_by_role("row").filter(has=link)


def settled(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


@pytest.mark.parametrize("job", ["shop", "calm"])
def test_a_job_is_added_on_the_page_and_has_traffic_errors_and_latency(
    others: Others, page: Page, job: str
) -> None:
    page.goto(f"{others.console}/add-model")
    page.get_by_label("Job").click()
    page.get_by_role("option", name=job, exact=True).click()
    expect(page.get_by_text("Current values")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("No metric found for drift")).to_be_visible()
    expect(page).to_have_url(re.compile(f"job={job}"))
    settled(page)
    page.get_by_role("button", name="Add to the console").click(timeout=SLOW)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible(timeout=SLOW)
    found = row(page, job)
    expect(found.get_by_text("up", exact=True)).to_be_visible()
    expect(found.get_by_text(re.compile(r"^[\d.]+/s$"))).to_be_visible()
    expect(found.get_by_text(re.compile(r"^2\d %$"))).to_be_visible()
    expect(found.get_by_text(re.compile(r"^[\d.]+ (ms|s)$"))).to_be_visible()
    expect(found.get_by_text("never evaluated", exact=True)).to_be_visible()
    page.goto(f"{others.console}/traffic?model={job}")
    # requests, errors, latency, routes, percentiles, heatmap
    expect(page.locator(".js-plotly-plot")).to_have_count(6, timeout=SLOW)
    expect(page.get_by_text("No data.")).to_have_count(0)


def test_a_choice_is_in_the_address_and_what_is_wrong_with_it_is_said(
    others: Others, page: Page
) -> None:
    page.goto(
        f"{others.console}/add-model?job=shop&name=shop&task=binary&requests_from=nothing"
        "&matchers=job%3Dshop"
    )
    expect(page.get_by_text("is not a matcher. Write label=")).to_be_visible(timeout=SLOW)
    page.get_by_role("textbox", name="Matchers").fill('job="shop"')
    page.get_by_role("textbox", name="Matchers").press("Enter")
    expect(page.get_by_text("A model named 'shop' already exists")).to_be_visible()
    expect(page.get_by_role("button", name="Add to the console")).to_be_disabled()
    page.get_by_role("textbox", name="Name", exact=True).fill("shop again")
    page.get_by_role("textbox", name="Name", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"name=shop(\+|%20)again"))
    expect(page.get_by_role("button", name="Add to the console")).to_be_enabled()
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("shop again")
    expect(page.get_by_role("combobox", name="Task")).to_have_value("binary")
    expect(page.get_by_role("combobox", name="Requests")).to_have_value("nothing")


def test_a_model_is_changed_and_removed_where_it_was_added(others: Others, page: Page) -> None:
    page.goto(f"{others.console}/add-model?job=calm&name=gone+soon")
    settled(page)
    page.get_by_role("button", name="Add to the console").click(timeout=SLOW)
    expect(row(page, "gone soon")).to_be_visible(timeout=SLOW)
    page.goto(f"{others.console}/add-model?change=gone+soon")
    expect(page.get_by_role("heading", name="Change gone soon")).to_be_visible()
    query = page.get_by_role("textbox", name="Requests, PromQL")
    query.fill("vector(41) + 0 * count({${selector}})")
    query.press("Enter")
    settled(page)
    page.get_by_role("button", name="Save changes").click()
    expect(row(page, "gone soon").get_by_text("41/s")).to_be_visible(timeout=SLOW)
    text = (others.kept / "models.toml").read_text()
    assert "vector(41)" in text
    page.goto(f"{others.console}/add-model")
    expect(page.get_by_role("button", name="Remove")).to_have_count(3)
    settled(page)
    page.get_by_role("button", name="Remove").last.click()
    page.get_by_role("button", name="Remove gone soon").click()
    expect(page.get_by_text("gone soon was removed.")).to_be_visible()
    assert "gone soon" not in (others.kept / "models.toml").read_text()


def test_files_are_evaluated_by_the_console_with_the_same_result_page(
    others: Others, page: Page, tmp_path: Path
) -> None:
    folder = others.rows
    page.goto(
        f"{others.console}/evaluate?model=shop&current_from=File+or+folder"
        f"&reference_from=File+or+folder&current_path={folder}/current.csv"
        f"&reference_path={folder}/reference.csv"
    )
    expect(page.get_by_text("Column roles")).to_be_visible(timeout=SLOW)
    settled(page)
    page.get_by_role("button", name="Evaluate", exact=True).click()
    expect(page.get_by_text("Drifted features:")).to_be_visible(timeout=180_000)
    expect(page.get_by_text("Drifted features:").get_by_text("area", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("evaluation=[0-9a-f]{32}"))
    rmse = page.get_by_test_id("stMetric").filter(has_text="RMSE").get_by_test_id("stMetricValue")
    assert 4 < float(rmse.inner_text()) < 6
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML report").click()
    html = tmp_path / "report.html"
    download.value.save_as(html)
    assert "<h1" in html.read_text("utf-8")
    page.goto(f"{others.console}/")
    expect(row(page, "shop").get_by_text("drift", exact=True)).to_be_visible()
    expect(row(page, "shop").get_by_text("evaluated here")).to_be_visible()
    page.goto(f"{others.console}/reports?model=shop")
    expect(page.get_by_text("1 evaluation.")).to_be_visible()
    page.goto(f"{others.console}/quality?model=shop")
    expect(page.get_by_text("RMSE by evaluation")).to_be_visible()
    page.goto(f"{others.console}/alerts?alerts_view=Test+fire&model=shop")
    expect(page.get_by_text("No test alert for shop.")).to_be_visible()


def test_a_folder_that_is_not_allowed_says_what_to_set(others: Others, page: Page) -> None:
    page.goto(
        f"{others.console}/evaluate?model=shop&current_from=File+or+folder"
        f"&reference_from=File+or+folder&current_path=/etc/passwd"
        f"&reference_path={others.rows}/reference.csv"
    )
    expect(page.get_by_text("is not in a folder that the console may read")).to_be_visible()


def test_a_select_of_a_named_database_is_evaluated(others: Others, page: Page) -> None:
    query = "select * from seen where area > 90".replace(" ", "+").replace(">", "%3E")
    page.goto(
        f"{others.console}/evaluate?model=calm&current_from=Database&current_database=log"
        f"&current_by=SQL&current_query={query}&reference_from=Database&reference_database=log"
        "&reference_table=seen"
    )
    expect(page.get_by_text("Column roles")).to_be_visible(timeout=SLOW)
    settled(page)
    page.get_by_role("button", name="Evaluate", exact=True).click()
    expect(page.get_by_text("Drifted features:")).to_be_visible(timeout=180_000)
    expect(page.get_by_text("a query of log: select * from seen where area > 90")).to_be_visible()


def test_a_database_whose_password_is_not_set_says_which_variable(
    others: Others, page: Page
) -> None:
    page.goto(
        f"{others.console}/evaluate?model=calm&current_from=Database&current_database=warehouse"
        "&current_table=seen&reference_from=Database&reference_database=log&reference_table=seen"
    )
    expect(page.get_by_text("the variable WAREHOUSE_PASSWORD is not set")).to_be_visible(
        timeout=SLOW
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation_on_these_pages(
    others: Others, page: Page, scheme: Literal["light", "dark"]
) -> None:
    rows = f"{others.rows}/reference.csv"
    page.emulate_media(color_scheme=scheme)
    for path in (
        "/add-model?job=shop", "/traffic?model=shop",
        "/evaluate?model=shop&current_from=File+or+folder&reference_from=File+or+folder"
        f"&current_path={rows}&reference_path={rows}",
    ):  # fmt: skip
        page.goto(others.console + path)
        wait_until_drawn(page)
        assert not axe.violations(page), path
