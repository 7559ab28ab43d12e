"""Choosing a reference, repeating, running again and annotating, in Chromium."""

import re
import time

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import click_cell, open_page
from tests.e2e.conftest import System

# the worker of test_every_page.py: both use one system
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]


def ended(system: System, body: dict[str, object]) -> str:
    """The id of an evaluation that has ended."""
    made = requests.post(f"{system.api}/evaluations", json=body, timeout=120).json()
    url = f"{system.api}/evaluations/{made['evaluation_id']}"
    deadline = time.monotonic() + 300
    while requests.get(url, timeout=120).json()["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return str(made["evaluation_id"])


def test_rows_of_the_log_are_evaluated_against_a_named_period(system: System, page: Page) -> None:
    page.goto(
        f"{system.console}/evaluate?source_of_rows=Prediction+log&log_part=Last+rows&rows=40"
        "&reference_of=Known+period&reference_window=february_week1&match=the+same+hours+and+weekdays"
    )
    page.get_by_role("button", name="Evaluate", exact=True).click()
    expect(page).to_have_url(re.compile("evaluation=[0-9a-f]{32}"))
    found = requests.get(f"{system.api}/evaluations?limit=1", timeout=120).json()["evaluations"][0]
    asked = requests.get(f"{system.api}/evaluations/{found['evaluation_id']}", timeout=120).json()
    assert asked["request"]["last_rows"] == 40
    assert asked["request"]["reference"]["window"] == "february_week1"
    assert asked["request"]["reference"]["match"] == "hours"


def test_a_choice_of_hours_is_repeated_and_the_schedule_removed(system: System, page: Page) -> None:
    page.goto(f"{system.console}/evaluate?source_of_rows=Prediction+log")
    page.get_by_role("button", name="Repeat").click()
    page.get_by_role("button", name="Add schedule").click()
    expect(page.get_by_text("Every 1 h")).to_be_visible()
    expect(
        page.get_by_text("the last 1 h of the log, compared with the training data")
    ).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No schedules.")).to_be_visible()
    assert requests.get(f"{system.api}/schedules", timeout=120).json()["schedules"] == []


def test_what_ended_without_a_result_says_why_and_is_run_again(system: System, page: Page) -> None:
    interval = {"start": "1999-01-01", "end": "1999-01-02"}
    failed = ended(system, {"interval": interval})
    page.goto(f"{system.console}/evaluate?evaluation={failed}")
    expect(page.get_by_text("have no rows").first).to_be_visible()
    page.get_by_role("button", name="Run again").first.click()
    expect(page).not_to_have_url(re.compile(failed), timeout=180_000)
    newest = requests.get(f"{system.api}/evaluations?limit=1", timeout=120).json()["evaluations"][0]
    assert newest["rerun_of"] == failed


def test_a_comment_and_a_tag_are_changed_where_they_are_read_and_stay(
    system: System, page: Page
) -> None:
    made = ended(system, {"window": "february_week1"})
    page.goto(f"{system.console}/reports?evaluation={made}")
    comment = page.get_by_label("Comment", exact=True)
    expect(comment).to_have_value("")
    comment.fill("a cold week")
    comment.press("Enter")
    expect(page.get_by_text("Saved.").first).to_be_visible()
    tags = page.get_by_role("combobox", name="Tags")
    tags.fill("weekly")
    tags.press("Enter")
    _kept(system, made, ["weekly"], "a cold week")
    page.goto("about:blank")
    page.goto(f"{system.console}/reports?evaluation={made}")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("a cold week")
    page.get_by_label("Remove weekly").click()
    comment.fill("")
    comment.press("Enter")
    _kept(system, made, [], None)


def _kept(system: System, evaluation_id: str, tags: list[str], comment: str | None) -> None:
    """The service has them, and what it has not been told of yet is on its way."""
    url = f"{system.api}/evaluations/{evaluation_id}"
    deadline = time.monotonic() + 300
    while True:
        found = requests.get(url, timeout=120).json()
        if (found["tags"], found["comment"] or None) == (tags, comment):
            return
        assert time.monotonic() < deadline, (found["tags"], found["comment"])
        time.sleep(0.2)


def test_evaluations_of_the_same_second_stand_side_by_side(system: System, page: Page) -> None:
    body = {"window": "february_week2"}
    made = [requests.post(f"{system.api}/evaluations", json=body, timeout=120) for _ in range(2)]
    newest = [answer.json()["evaluation_id"] for answer in made]
    deadline = time.monotonic() + 300
    for key in newest:
        while requests.get(f"{system.api}/evaluations/{key}", timeout=120).json()["state"] in (
            "queued", "running",
        ):  # fmt: skip
            assert time.monotonic() < deadline
            time.sleep(0.2)
    page.goto(f"{system.console}/drift?evaluation={newest[-1]}")
    chart = page.get_by_test_id("stPlotlyChart").filter(has=page.get_by_text("× threshold"))
    expect(chart).to_be_visible()
    labels = chart.locator(".xtick text").filter(has_text="february_week2")
    expect(labels.nth(1)).to_be_visible()
    expect(page.get_by_text("Spearman's rank correlation")).to_be_visible()


def test_a_reader_with_decimal_commas_sees_decimal_commas(system: System, browser: Browser) -> None:
    made = ended(system, {"window": "february_week1"})
    page = open_page(browser, locale="de-DE")
    page.goto(f"{system.console}/reports?evaluation={made}")
    rmse = page.get_by_test_id("stMetric").filter(has_text="RMSE").get_by_test_id("stMetricValue")
    expect(rmse).to_have_text(re.compile(r"^\d+,\d$"))
    page.goto(f"{system.console}/quality?evaluation={made}")
    ticks = page.locator(".js-plotly-plot .ytick text").filter(has_text=",")
    expect(ticks.first).to_be_visible()
    page.close()


def test_a_report_opened_by_its_address_is_ticked_and_a_second_is_held_against_it(
    system: System, page: Page
) -> None:
    first = ended(system, {"window": "february_week1"})
    second = ended(system, {"window": "february_week2"})
    page.goto(f"{system.console}/reports?evaluation={first}")
    expect(page.get_by_text("Drifted features:")).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    # the box of the newest row, above the one that is open
    compared = page.get_by_text(re.compile("^(The verdict changed from|Both verdicts are)"))
    click_cell(
        page.get_by_test_id("stDataFrame").first,
        {"x": 16, "y": 35 + 17},
        lambda timeout: expect(compared).to_be_visible(timeout=timeout),
    )
    opened = re.search(r"evaluation=([0-9a-f]{32})(?:%2C|,)([0-9a-f]{32})", page.url)
    assert opened is not None
    assert set(opened.groups()) == {first, second}


def test_a_click_on_a_feature_opens_its_distributions_and_the_address_opens_exactly_these(
    system: System, page: Page
) -> None:
    made = ended(system, {"window": "february_week3"})
    result = requests.get(f"{system.api}/evaluations/{made}", timeout=120).json()["result"]
    drawn = page.get_by_text(re.compile("^.+: reference against current$"))
    page.goto(f"{system.console}/drift?evaluation={made}&refresh=off")
    expect(drawn).to_be_visible()
    first = drawn.inner_text()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    table = page.get_by_test_id("stDataFrame").first
    head, row = 35, 35
    # a cell of the third row, not its box
    click_cell(
        table,
        {"x": 120, "y": head + 2.5 * row},
        lambda timeout: expect(drawn).not_to_have_text(first, timeout=timeout),
    )
    expect(page).to_have_url(re.compile(f"evaluation={made}.*feature="))
    feature = drawn.inner_text().partition(":")[0]
    assert feature in {item["name"] for item in result["features"]}
    assert page.url.endswith(f"feature={feature}")
    expect(page.get_by_text(f"{feature}: evaluation by evaluation")).to_be_visible()
    # a later evaluation does not change what the address opens
    newer = ended(system, {"window": "february_week1"})
    url = page.url
    page.goto("about:blank")
    page.goto(url)
    expect(drawn).to_have_text(f"{feature}: reference against current")
    expect(page.get_by_text("february_week3").first).to_be_visible()
    assert newer not in page.url
    # and the row of it is marked: the box of another takes its place
    click_cell(
        table,
        {"x": 16, "y": head + 0.5 * row},
        lambda timeout: expect(drawn).to_have_text(first, timeout=timeout),
    )
