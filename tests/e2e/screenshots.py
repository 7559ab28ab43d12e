"""Pictures of every page of a running console, light and dark, at 1440, 800 and 390 pixels; with
--states also of consoles without data, and with their service or their Prometheus stopped."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Error, Page

from tests.e2e.browser import chromium

PAGES = {
    "overview": "/", "traffic": "/traffic", "quality": "/quality", "drift": "/drift",
    "versions": "/versions", "try-it": "/try-it", "evaluate": "/evaluate",
    "reports": "/reports", "alerts": "/alerts",
    "backtest": "/alerts?alerts_view=Backtest", "infrastructure": "/infrastructure",
    "targets": "/infrastructure?infra_view=Targets", "explore": "/explore", "board": "/board",
    "add-model": "/add-model", "classes": "/quality?model=churn",
}  # fmt: skip
WIDTHS = (1440, 800, 390)
HEIGHT = 1000
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def wait_until_drawn(page: Page) -> None:
    """No skeleton, no spinner, and nothing of the last run left over."""
    page.wait_for_selector('[data-testid="stAppViewContainer"] h1')
    page.wait_for_selector('[data-testid="stSkeleton"]', state="detached")
    page.wait_for_selector('[data-stale="true"]', state="detached")
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=\"stApp\"]')"
        ".getAttribute('data-test-script-state')?.startsWith('running')"
    )
    page.wait_for_timeout(2500)


def pictures(browser: Browser, url: str, out: Path, *, full: bool, before: str = "") -> None:
    """Every page in each scheme and width; `before` begins the names of the files."""
    out.mkdir(parents=True, exist_ok=True)
    for scheme in SCHEMES:
        for width in WIDTHS:
            page = browser.new_page(
                viewport={"width": width, "height": HEIGHT}, color_scheme=scheme
            )
            for name, path in PAGES.items():
                try:
                    page.goto(url + path)
                    wait_until_drawn(page)
                except Error as error:
                    sys.exit(f"error: {url}{path} was not drawn: {error}")
                _take(page, out / f"{before}{name}-{scheme}-{width}.png", width, full)
            page.close()


def _take(page: Page, target: Path, width: int, full: bool) -> None:
    if full:
        height = page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
        page.set_viewport_size({"width": width, "height": height + 60})
        page.wait_for_timeout(800)
    page.screenshot(path=target)
    page.set_viewport_size({"width": width, "height": HEIGHT})


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8501", help="default: %(default)s")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--full", action="store_true", help="the whole page, not the first screen")
    parser.add_argument("--states", action="store_true", help="the states, of systems of its own")
    options = parser.parse_args(arguments)
    with chromium() as browser:
        if not options.states:
            pictures(browser, options.url, options.out, full=options.full)
            return 0
        from tests.e2e.states import each_state

        with tempfile.TemporaryDirectory(prefix="belvedere-") as folder:
            for state, url in each_state(Path(folder)):
                pictures(browser, url, options.out, full=options.full, before=f"{state}-")
    return 0


if __name__ == "__main__":
    sys.exit(main())
