"""A model for pictures in the console, in Chromium: upload, feedback, quality and drift."""

import io
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from PIL import Image
from playwright.sync_api import Page, expect

from model_service.models.cats_dogs import data
from tests import servers
from tests.e2e import axe
from tests.e2e.conftest import console
from tests.e2e.screenshots import wait_until_drawn
from tests.services import Api, finished, serving, trained_cats_dogs

__all__ = ["trained_cats_dogs"]

pytestmark = pytest.mark.browser

# enough rows for a verdict
EVALUATED = 36
PREDICTIONS = "sum(cv_predictions_total)"
POSITIVE = 'sum(cv_user_feedback_total{feedback_type="positive"})'


@dataclass
class Pets:
    """What runs."""

    console: str
    api: Api
    prometheus: str

    def scraped(self, query: str) -> float:
        """Return the value of a query, 0 without a series."""
        params = {"query": query}
        answer = requests.get(f"{self.prometheus}/api/v1/query", params=params, timeout=120).json()
        result = answer["data"]["result"]
        return float(result[0]["value"][1]) if result else 0.0


@pytest.fixture(scope="module")
def pets(trained_cats_dogs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pets]:
    """The console over a service that keeps thumbnails, scraped by a real Prometheus."""
    folder = tmp_path_factory.mktemp("pets")
    shutil.copytree(trained_cats_dogs, folder / "data")
    with ExitStack() as stack:
        api = stack.enter_context(serving(folder / "data", model="cats-dogs", keep_images="true"))
        scrape = {"cats-dogs-api": api.url.removeprefix("http://")}
        prometheus = stack.enter_context(servers.prometheus(scrape))
        manager = stack.enter_context(servers.alertmanager())
        shown = console(stack, prometheus.url, manager.url, folder / "console")
        system = Pets(shown, api, prometheus.url)
        wait_until(lambda: system.scraped("model_info") > 0)
        yield system


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError("it did not become true within 300 s")


def upload(page: Page, path: Path) -> None:
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(path)


def darker(path: Path) -> bytes:
    output = io.BytesIO()
    with Image.open(path) as picture:
        picture.convert("RGB").point(lambda value: value * 0.3).save(output, "JPEG", quality=90)
    return output.getvalue()


def test_an_upload_and_its_feedback_raise_both_counters(pets: Pets, page: Page) -> None:
    before = pets.scraped(PREDICTIONS)
    page.goto(f"{pets.console}/try-it?model=cats-dogs")
    expect(page.get_by_text("Sample pictures")).to_be_visible()
    upload(page, data.samples()["dog/beagle_10.jpg"])
    metric = page.get_by_test_id("stMetric").filter(has_text="Prediction")
    expect(metric.get_by_test_id("stMetricValue")).to_have_text("dog")
    expect(page.get_by_role("img", name="Sent picture: beagle_10.jpg")).to_be_visible()
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.get_by_text("Feedback recorded.")).to_be_visible()
    wait_until(lambda: pets.scraped(PREDICTIONS) == before + 1 and pets.scraped(POSITIVE) == 1)
    wait_until_drawn(page)
    assert not [
        row for row in axe.serious(page)
        if not any(name in row[1] for name in axe.STREAMLIT_ELEMENTS)
    ]  # fmt: skip
    expect(page).to_have_url(f"{pets.console}/try-it?model=cats-dogs")


def test_a_file_that_is_not_a_picture_is_explained_and_not_counted(
    pets: Pets, page: Page, tmp_path: Path
) -> None:
    before = pets.api.metrics()["model_predictions_total"]
    (tmp_path / "text.jpg").write_text("hello")
    page.goto(f"{pets.console}/try-it?model=cats-dogs")
    expect(page.get_by_text("Sample pictures")).to_be_visible()
    upload(page, tmp_path / "text.jpg")
    expect(page.get_by_text("Unsupported format.")).to_be_visible()
    assert pets.api.metrics()["model_predictions_total"] == before


def test_darker_pictures_are_described_and_the_most_unlike_shown(pets: Pets, page: Page) -> None:
    for picture in data.pictures()[:: len(data.pictures()) // EVALUATED][:EVALUATED]:
        body = {"file": (picture.path.name, darker(picture.path), "image/jpeg")}
        answer = pets.api.session.post(f"{pets.api.url}/predict", files=body, timeout=300).json()
        vote = "positive" if answer["prediction"] == picture.label else "negative"
        feedback = {"feedback": vote, "label": picture.label}
        pets.api.post("/feedback", {"prediction_id": answer["prediction_id"], **feedback})
    request = {"last_rows": EVALUATED, "publish": True}
    evaluation = pets.api.post("/evaluations", request).json()["evaluation_id"]
    assert finished(pets.api, evaluation)["state"] == "succeeded"
    page.goto(f"{pets.console}/drift?model=cats-dogs")
    expect(page.get_by_text("The pictures are darker")).to_be_visible()
    expect(page.get_by_role("img", name="Picture predicted as").first).to_be_visible()
    page.goto(f"{pets.console}/quality?model=cats-dogs")
    for title in ("Confidence", "Feedback", "Confusion matrix", "Calibration", "Scores by class"):
        expect(page.get_by_text(title, exact=True)).to_be_visible()
    expect(page.get_by_text("predicted neither")).to_be_visible()
