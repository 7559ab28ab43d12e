"""Addresses from Grafana and to it."""

import json
from pathlib import Path

import pytest

from console.components import grafana_links
from console.formatting import url_times

DASHBOARDS = Path(__file__).resolve().parents[3] / "deployment" / "grafana" / "dashboards"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1700000000000", 1.7e9),
        ("1700000000", 1.7e9),
        ("now", 2e9),
        ("now-6h", 2e9 - 21_600),
        ("now-7d", 2e9 - 604_800),
    ],
)
def test_times_of_grafana_and_of_the_console_are_parsed(text: str, seconds: float) -> None:
    assert url_times.parse_time(text, 2e9) == seconds


@pytest.mark.parametrize("text", ["", "nan", "yesterday", "now-6 h"])
def test_an_invalid_time_is_rejected(text: str) -> None:
    with pytest.raises(ValueError):
        url_times.parse_time(text, 2e9)


def test_a_relative_time_range_links_to_a_relative_one() -> None:
    url = grafana_links.dashboard_url("http://g/", "Drift", "a b", "j", 3600, None)
    assert url == "http://g/d/belvedere-model?var-model=a+b&var-job=j&from=now-3600s&to=now"


def test_a_classifier_has_its_own_dashboard() -> None:
    def dashboard(page: str, task: str) -> str:
        url = grafana_links.dashboard_url("http://g", page, "m", "j", 60, None, task)
        return str(url).removeprefix("http://g/d/").partition("?")[0]

    assert dashboard("Quality", "binary") == "belvedere-classifier"
    assert dashboard("Quality", "regression") == "belvedere-model"
    assert dashboard("Traffic", "binary") == dashboard("Traffic", "regression") == "belvedere-api"


def test_a_zoom_is_passed_in_milliseconds() -> None:
    url = grafana_links.dashboard_url("http://g", "Overview", "", "", 3600, (1.7e9, 1.7e9 + 60))
    assert url == "http://g/d/belvedere-fleet?from=1700000000000&to=1700000060000"
    assert grafana_links.dashboard_url("http://g", "Explore", "", "", 3600, None) is None


def test_every_linked_dashboard_exists() -> None:
    known = {json.loads(path.read_text("utf-8"))["uid"] for path in DASHBOARDS.glob("*.json")}
    linked = {
        **grafana_links.DASHBOARDS,
        "of classifiers": grafana_links.CLASSIFIER_DASHBOARDS["Quality"],
    }
    assert set(linked.values()) <= known
