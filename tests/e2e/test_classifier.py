"""A classifier in the console, in Chromium: its quality, and champion against challenger."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from demo import run_window
from model_service.models.churn import versions
from tests import servers
from tests.e2e.conftest import console
from tests.services import serving, trained_churn

__all__ = ["trained_churn"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shown(trained_churn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console over a churn service with a challenger and a published evaluation."""
    folder = tmp_path_factory.mktemp("classifier")
    shutil.copytree(trained_churn, folder / "data")
    versions.retrain(folder / "data", "month_001")
    with ExitStack() as stack:
        service = stack.enter_context(serving(folder / "data", model="churn"))
        scrape = {"churn-api": service.url.removeprefix("http://")}
        prometheus = stack.enter_context(servers.prometheus(scrape))
        manager = stack.enter_context(servers.alertmanager())
        assert run_window.main(["--url", service.url]) == 0
        deadline = time.monotonic() + 300
        while not _scraped(prometheus.url) and time.monotonic() < deadline:
            time.sleep(0.2)
        yield console(stack, prometheus.url, manager.url, folder / "console")


def _scraped(url: str) -> bool:
    query = {"query": "model_target_rate_difference < 0"}
    answer = requests.get(f"{url}/api/v1/query", params=query, timeout=120).json()
    return bool(answer["data"]["result"])


def metric(page: Page, label: str) -> str:
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    return found.last.get_by_test_id("stMetricValue").inner_text()


def test_a_classifiers_quality_is_shown_and_its_threshold_stands_in_the_address(
    shown: str, page: Page
) -> None:
    page.goto(f"{shown}/quality?model=churn&threshold=0.3")
    for title in (
        "ROC AUC by evaluation", "Log loss by evaluation", "ROC curve", "Precision-recall curve",
        "Confusion matrix at 0.30", "Calibration", "Segments by ROC AUC",
    ):  # fmt: skip
        expect(page.get_by_text(title, exact=True)).to_be_visible()
    expect(page.get_by_text("no residuals")).to_have_count(0)
    recall = float(metric(page, "Recall"))
    page.get_by_role("slider").press("ArrowRight")
    expect(page.get_by_text("Confusion matrix at 0.31", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"threshold=0\.31"))
    assert 0.5 < float(metric(page, "Recall")) <= recall
    page.get_by_role("button", name="About").last.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "segments_by_roc_auc.csv"


def test_the_targets_drift_is_shown_with_its_interval_and_not_among_the_features(
    shown: str, page: Page
) -> None:
    page.goto(f"{shown}/drift?model=churn")
    expect(page.get_by_text("Target and predictions")).to_be_visible()
    assert metric(page, "Target drift") == "-2.39 points"
    assert metric(page, "95 % interval") == "-3.11 to -1.67 points"
    # the score of its task stands in the timeline, and none of another
    expect(page.get_by_text("ROC AUC, score", exact=True)).to_be_visible()
    expect(page.get_by_text("RMSE", exact=False)).to_have_count(0)
    drifted = page.get_by_text("Drifted features:")
    expect(drifted).to_contain_text("rebuffer_events_7d")
    expect(drifted).not_to_contain_text("churn_label")
    expect(drifted).not_to_contain_text("user_id")


def test_champion_and_challenger_are_compared_on_a_page_of_their_own(
    shown: str, page: Page
) -> None:
    page.goto(f"{shown}/versions?model=churn")
    expect(page.get_by_text("Champion and challenger")).to_be_visible()
    said = page.get_by_text("held-out rows of 2024-02-29")
    expect(said).to_contain_text("1,389")
    expect(said).to_contain_text("95 % interval")
    expect(said).to_contain_text("<= 0.01, so the champion stayed")
    expect(page.get_by_text("Gain by comparison", exact=True)).to_be_visible()
    expect(page.get_by_text("Challengers", exact=True)).to_be_visible()
    url = page.url
    page.goto("about:blank")
    page.goto(url)
    expect(page.get_by_text("Champion and challenger")).to_be_visible()
