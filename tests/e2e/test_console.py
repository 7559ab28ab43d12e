"""What a person does in the console, in Chromium, on the real system."""

import re
import shutil
import signal
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests import servers
from tests.e2e.conftest import System, console
from tests.services import EXAMPLE, serving

pytestmark = pytest.mark.browser


def press_evaluate(page: Page) -> None:
    """Press the one button that there is once the page has settled: a click on one that is drawn
    anew in that moment is lost."""
    button = page.get_by_role("button", name="Evaluate", exact=True)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(button).to_have_count(1)
    button.last.click()


def test_the_overview_shows_the_model_its_traffic_and_that_it_was_never_evaluated(
    system: System, page: Page
) -> None:
    page.goto(f"{system.console}/?refresh=5+s")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="bike-sharing"))
    expect(row.get_by_text("up", exact=True)).to_be_visible()
    expect(row.get_by_text("never evaluated", exact=True)).to_be_visible()
    # a rate takes two scrapes
    expect(row.get_by_text(re.compile(r"^[\d.]+/s$"))).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    page.get_by_text("PromQL").first.click()
    expect(page.get_by_text("api_requests_total").first).to_be_visible()
    page.get_by_role("link", name="bike-sharing").click()
    expect(page).to_have_url(re.compile("/drift.*model=bike-sharing"))
    page.goto(system.console)
    # a number opens the page that tells more of it, by the keyboard too
    row.get_by_role("link").nth(1).press("Enter")
    expect(page).to_have_url(re.compile("/traffic.*model=bike-sharing"))


def test_the_browser_remembers_the_last_visit_and_a_reload_does_not_begin_another(
    system: System, page: Page
) -> None:
    def kept() -> list[int]:
        found = [it for it in page.context.cookies() if it["name"].startswith("belvedere_visit_")]
        return [int(part) for it in found for part in it["value"].split(".")]

    page.goto(system.console)
    expect(page.get_by_role("link", name="bike-sharing")).to_be_visible()
    page.wait_for_function("() => document.cookie.includes('belvedere_visit_')")
    before, seen = kept()
    assert before == 0
    assert seen == pytest.approx(time.time(), abs=120)
    expect(page.get_by_text("Last visit,")).to_have_count(0)
    port = system.console.rpartition(":")[2]
    yesterday = round(time.time()) - 86_400
    cookie = {"name": f"belvedere_visit_{port}", "value": f"0.{yesterday}", "url": system.console}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    for _ in range(2):
        page.goto("about:blank")
        page.goto(system.console)
        page.get_by_text("Last visit,").click()
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )
        assert kept()[0] == yesterday


def test_a_button_evaluates_a_week_and_its_report_can_be_downloaded(
    system: System, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{system.console}/evaluate")
    expect(page.get_by_text("Never evaluated.")).to_be_visible()
    press_evaluate(page)
    expect(page.get_by_text("Drifted features:")).to_be_visible()
    expect(page).to_have_url(re.compile("evaluation=[0-9a-f]{32}"))
    rmse = page.get_by_test_id("stMetric").filter(has_text="RMSE").get_by_test_id("stMetricValue")
    assert 18 <= float(rmse.inner_text()) <= 38
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML report").click()
    html = tmp_path / "report.html"
    download.value.save_as(html)
    text = html.read_text("utf-8")
    assert "<h1" in text
    assert "february_week1" in text
    found = re.search(r"RMSE ([\d.]+), MAE ([\d.]+), R2 ([\d.]+), MAPE ([\d.]+) %", text)
    assert found is not None
    assert float(found[1]) == pytest.approx(float(rmse.inner_text()), abs=0.1)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV of features").click()
    table = tmp_path / "features.csv"
    download.value.save_as(table)
    assert len(table.read_text("utf-8").splitlines()) == 12

    url = page.url
    page.goto("about:blank")
    page.goto(url)
    expect(page.get_by_text("Drifted features:")).to_be_visible()


def test_the_report_is_shown_in_the_page(system: System, page: Page) -> None:
    started = requests.post(
        f"{system.api}/evaluations", json={"window": "february_week3"}, timeout=120
    ).json()
    page.goto(f"{system.console}/drift?evaluation={started['evaluation_id']}")
    expect(page.get_by_text("Drifted features:")).to_be_visible()
    page.get_by_text("Show Evidently report").click()
    frame = page.frame_locator("iframe[data-testid='stIFrame']")
    expect(frame.get_by_role("heading", name="february_week3")).to_be_visible()
    expect(frame.get_by_text("Drift is detected").first).to_be_visible()


def test_an_uploaded_csv_is_evaluated_and_a_wrong_one_is_refused_by_row(
    system: System, page: Page, tmp_path: Path
) -> None:
    week = requests.get(f"{system.api}/predictions?limit=40", timeout=120).json()["predictions"]
    names = [
        "temp", "atemp", "hum", "windspeed", "mnth", "hr", "weekday", "season", "holiday",
        "workingday", "weathersit", "dteday",
    ]  # fmt: skip
    lines = [",".join(names)] + [",".join(str(row[name]) for name in names) for row in week]
    right, wrong = tmp_path / "right.csv", tmp_path / "wrong.csv"
    right.write_text("\n".join(lines))
    broken = lines[3].split(",")
    broken[5] = "25"
    wrong.write_text("\n".join([*lines[:3], ",".join(broken), *lines[4:]]))
    page.goto(f"{system.console}/evaluate")
    page.get_by_text("Upload", exact=True).first.click()
    page.locator("input[type=file]").set_input_files(wrong)
    expect(
        page.get_by_text("is out of range (0 to 23) in 1 rows, first in row 2: 25")
    ).to_be_visible()
    press_evaluate(page)
    expect(page.get_by_text("row 2, hr: 25 is out of range")).to_be_visible()
    page.locator("input[type=file]").set_input_files(right)
    expect(page.get_by_text("is out of range (0 to 23)")).to_have_count(0)
    # one of them, once the page before this file is gone
    expect(page.get_by_text("cnt is missing: only drift is evaluated")).to_have_count(1)
    press_evaluate(page)
    expect(page.get_by_text("No ground truth.")).to_be_visible()


def test_explore_draws_a_query_and_says_what_is_wrong_with_another(
    system: System, page: Page
) -> None:
    page.goto(f"{system.console}/explore?query=model_predictions_total")
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    box = page.get_by_label("PromQL", exact=True)
    expect(box).to_have_value("model_predictions_total")
    box.fill("sum(")
    box.press("Control+Enter")
    expect(page.get_by_text("Query rejected.")).to_be_visible()
    expect(page.get_by_text("parse error")).to_be_visible()
    page.get_by_label("Filter metrics").fill("rmse")
    page.get_by_label("Filter metrics").press("Enter")
    expect(page.get_by_text(re.compile(r"^1 of \d+ metrics"))).to_be_visible()


def test_a_stopped_prometheus_is_said_with_the_last_data_and_the_page_recovers_by_itself(
    system: System, page: Page, tmp_path: Path
) -> None:
    port = servers.free_port()
    scrape = {"bike-api": system.api.removeprefix("http://")}
    with ExitStack() as stack:
        first = stack.enter_context(servers.prometheus(scrape, port=port))
        shown = console(stack, first.url, system.prometheus.url, tmp_path / "console")
        page.goto(f"{shown}/?refresh=5+s")
        expect(page.get_by_role("link", name="bike-sharing")).to_be_visible()
        first.stop(signal.SIGKILL)
        expect(page.get_by_text("Request failed.").first).to_be_visible()
        expect(page.get_by_text(re.compile("The data below is .* old")).first).to_be_visible()
        expect(page.get_by_role("link", name="bike-sharing")).to_be_visible()
        stack.enter_context(servers.prometheus(scrape, port=port))
        expect(page.get_by_text("Request failed.")).to_have_count(0)
        expect(page.get_by_role("link", name="bike-sharing")).to_be_visible()


def test_a_stopped_service_is_down_but_stays_on_the_overview_and_comes_back(
    page: Page, trained: Path, tmp_path: Path
) -> None:
    data, port = tmp_path / "data", servers.free_port()
    shutil.copytree(trained, data)
    with ExitStack() as stack:
        api = stack.enter_context(serving(data, port=port))
        scraped = stack.enter_context(servers.prometheus({"bike-api": f"127.0.0.1:{port}"}))
        alertmanager = stack.enter_context(servers.alertmanager())
        shown = console(stack, scraped.url, alertmanager.url, tmp_path / "console")
        page.goto(f"{shown}/?refresh=5+s")
        expect(page.get_by_text("up", exact=True)).to_be_visible()
        api.server.stop(signal.SIGKILL)
        expect(page.get_by_text("down", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="bike-sharing")).to_be_visible()
        expect(page.get_by_text("Request failed.")).to_have_count(0)
        page.goto(f"{shown}/drift")
        expect(page.get_by_text("The model service does not answer").first).to_be_visible()
        expect(page.get_by_text("Never evaluated.")).to_have_count(0)
        stack.enter_context(serving(data, port=port))
        # nobody presses reload
        expect(page.get_by_text("Never evaluated.")).to_be_visible()
        expect(page.get_by_text("The model service does not answer")).to_have_count(0)
        page.goto(f"{shown}/?refresh=5+s")
        expect(page.get_by_text("up", exact=True)).to_be_visible()


def test_a_refresh_keeps_what_was_opened_and_where_one_had_scrolled(
    system: System, page: Page
) -> None:
    # a latency takes requests between two scrapes
    for _ in range(4):
        requests.post(f"{system.api}/predict", json=EXAMPLE, timeout=120)
        time.sleep(1)
    page.set_viewport_size({"width": 1440, "height": 600})
    page.goto(f"{system.console}/?refresh=5+s")
    # requests, errors and latency; quality has a chart once it is known
    expect(page.locator(".js-plotly-plot").nth(2)).to_be_visible()
    main = "document.querySelector('[data-testid=\"stMain\"]')"
    page.get_by_text("15 min", exact=True).click()
    expect(page).to_have_url(re.compile("range=15"))
    # the charts of the new range are drawn before one scrolls
    page.wait_for_timeout(4_000)
    page.evaluate(f"{main}.scrollTo(0, 300)")
    page.wait_for_timeout(11_000)
    assert page.evaluate(f"{main}.scrollTop") == 300
    expect(page).to_have_url(re.compile("range=15"))


def test_a_stretch_drawn_over_in_a_chart_becomes_the_time_of_every_page(
    system: System, page: Page
) -> None:
    page.goto(f"{system.console}/traffic?range=15+min&refresh=off")
    chart = page.locator(".js-plotly-plot .nsewdrag").first
    expect(chart).to_be_visible()
    page.wait_for_timeout(3_000)
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 60, steps=10)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"from=\d+.*to=\d+"))
    found = re.search(r"from=(\d+).*to=(\d+)", page.url)
    assert found is not None
    assert pytest.approx(int(found[2]) - int(found[1]), abs=40) == 0.3 * 900
    back = page.get_by_role("button", name=re.compile(r"\d to \d"))
    expect(back).to_be_visible()
    page.get_by_role("link", name="Infrastructure").first.click()
    expect(page).to_have_url(re.compile(r"/infrastructure.*from=\d+"))
    expect(back).to_be_visible()
    back.click()
    expect(page).not_to_have_url(re.compile("from="))


def test_the_hover_of_a_chart_names_what_it_shows(system: System, page: Page) -> None:
    page.goto(f"{system.console}/traffic?range=15+min&refresh=off")
    chart = page.locator(".js-plotly-plot").first
    expect(chart.locator(".scatterlayer .trace").first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    box = chart.locator(".nsewdrag").bounding_box()
    assert box is not None
    named = re.compile("(Requests|now) : [0-9.]+ requests/s")
    hover = chart.locator(".hoverlayer")
    # the newest sample is at the right end; a chart that is just drawn takes no notice yet
    for step in range(40):
        page.mouse.move(box["x"] + box["width"] - 4 - step % 5, box["y"] + 60)
        page.wait_for_timeout(500)
        if named.search(hover.text_content() or ""):
            break
    expect(hover).to_contain_text(named)


def test_a_link_opens_exactly_what_it_was_copied_from(system: System, page: Page) -> None:
    page.goto(
        f"{system.console}/alerts?alerts_view=Backtest&expr=up+%3D%3D+1&hold=1+min&range=15+min"
    )
    expect(page.get_by_label("Alert expression")).to_have_value("up == 1")
    expect(page.get_by_role("combobox", name="Fires after")).to_have_value("1 min")
    page.goto(f"{system.console}/infrastructure?infra_view=Targets")
    expect(page.get_by_text("2 of 2 targets up.")).to_be_visible()


def test_a_backtest_says_how_often_it_would_have_fired_and_writes_the_rule(
    system: System, page: Page
) -> None:
    page.goto(f"{system.console}/alerts?alerts_view=Backtest&expr=up+%3D%3D+1&hold=0+s")
    fired = page.get_by_test_id("stMetric").filter(has_text="Would have fired")
    expect(fired.get_by_test_id("stMetricValue")).to_have_text("2×")
    expect(page.get_by_text("alert:")).to_be_visible()
    box = page.get_by_label("Alert expression")
    box.fill("up == 7")
    box.press("Control+Enter")
    expect(fired.get_by_test_id("stMetricValue")).to_have_text("0×")


def test_an_alert_is_silenced_and_the_silence_is_ended(system: System, page: Page) -> None:
    page.goto(f"{system.console}/alerts?alerts_view=Silences")
    expect(page.get_by_text("No active silences.")).to_be_visible()
    page.get_by_label("Matchers").fill("alertname=Nothing, job=~b.*")
    page.get_by_label("Comment").fill("a test")
    page.get_by_role("button", name="Silence", exact=True).click()
    expect(page.get_by_text("alertname=Nothing, job=~b.*")).to_be_visible()
    held = requests.get(f"{system.alertmanager}/api/v2/silences", timeout=120).json()
    assert [(item["comment"], item["status"]["state"]) for item in held] == [("a test", "active")]
    page.get_by_role("button", name="Expire").click()
    expect(page.get_by_text("No active silences.")).to_be_visible()


def test_a_test_fire_is_followed_until_it_is_resolved(system: System, page: Page) -> None:
    page.goto(f"{system.console}/alerts?alerts_view=Test+fire&expires=1+min")
    page.get_by_role("button", name="Fire a test alert").click()
    expect(page).to_have_url(re.compile(r"fired=\d+"))
    for step in ("injected", "scraped", "pending", "firing", "notified"):
        cell = page.get_by_test_id("stColumn").filter(has_text=step)
        expect(cell.get_by_text("done")).to_be_visible()
    url = page.url
    page.goto("about:blank")
    page.goto(url)
    expect(page.get_by_text("All steps are done")).to_be_visible(timeout=180_000)


def test_a_kept_query_is_on_the_board_and_can_be_taken_off(system: System, page: Page) -> None:
    page.goto(f"{system.console}/explore?query=model_predictions_total")
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    page.get_by_role("button", name="Save").first.click()
    page.get_by_label("Name").fill("Predictions so far")
    page.get_by_label("Name").press("Enter")
    page.get_by_role("button", name="Add to board").click()
    expect(page.get_by_text("Added to the board.")).to_be_visible()
    page.goto(f"{system.console}/board")
    expect(page.get_by_text("Predictions so far").first).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    page.get_by_text("Remove panels").click()
    page.get_by_role("button", name="Predictions so far").click()
    expect(page.get_by_text("The board is empty.")).to_be_visible()


def test_an_evaluation_that_waits_is_cancelled(system: System, page: Page) -> None:
    made = [
        requests.post(
            f"{system.api}/evaluations", json={"window": "february_2011"}, timeout=120
        ).json()["evaluation_id"]
        for _ in range(14)
    ]
    page.goto(f"{system.console}/evaluate")
    page.get_by_role("button", name="Cancel").first.click()
    deadline = time.monotonic() + 300
    states: list[str] = []
    while "cancelled" not in states:
        assert time.monotonic() < deadline, states
        found = [requests.get(f"{system.api}/evaluations/{key}", timeout=120) for key in made]
        states = [answer.json()["state"] for answer in found]
        time.sleep(0.3)
    # the last first: the end of the one that runs would start the next one
    for key in reversed(made):
        requests.delete(f"{system.api}/evaluations/{key}", timeout=120)


def test_two_evaluations_are_held_side_by_side_by_their_link_and_come_as_a_zip(
    system: System, page: Page, tmp_path: Path
) -> None:
    made = []
    for window in ("february_week1", "march_2011"):
        body = {"window": window}
        answer = requests.post(f"{system.api}/evaluations", json=body, timeout=120).json()
        made.append(answer["evaluation_id"])
    for evaluation_id in made:
        _wait_until_done(system, evaluation_id)
    page.goto(f"{system.console}/reports?evaluation={made[0]},{made[1]}")
    expect(page.get_by_text("largest change first")).to_be_visible()
    expect(page.get_by_text("Drifted features:")).to_have_count(2)
    page.goto(f"{system.console}/reports?evaluation={made[0]}")
    with page.expect_download() as download:
        page.get_by_role("button", name="All as ZIP").click()
    target = tmp_path / "all.zip"
    download.value.save_as(target)
    with zipfile.ZipFile(target) as archive:
        assert set(archive.namelist()) == {
            "report.html", "report.json", "features.csv", "rows.parquet",
        }  # fmt: skip


def _wait_until_done(system: System, evaluation_id: str) -> None:
    # others may wait before it
    deadline = time.monotonic() + 300
    url = f"{system.api}/evaluations/{evaluation_id}"
    while (state := requests.get(url, timeout=120).json()["state"]) != "succeeded":
        assert state in ("queued", "running"), state
        assert time.monotonic() < deadline, state
        time.sleep(0.3)
