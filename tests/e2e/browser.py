"""Chromium for the tests and the screenshots: found on PATH, without talking to anyone."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    Locator,
    Page,
    Position,
    ViewportSize,
    expect,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
VIEWPORT: ViewportSize = {"width": 1440, "height": 1000}
# for a page on a loaded machine
TIMEOUT_MS = 180_000
# after which a click counts as lost
CLICK_TIMEOUT_MS = 30_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium."""
    path = next(found for name in NAMES if (found := shutil.which(name)))
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, **options: Any) -> Page:
    """Open a page of 1440 x 1000 pixels that is patient; options are those of new_page."""
    page = browser.new_page(viewport=VIEWPORT, **options)
    page.set_default_timeout(TIMEOUT_MS)
    return page


def click_cell(table: Locator, position: Position, expected: Callable[[float], None]) -> None:
    """Click a cell of a table until what is expected is there: expected(timeout in ms) asserts it.

    A click on a table that is redrawn in that moment is lost.
    """
    for _ in range(TIMEOUT_MS // CLICK_TIMEOUT_MS):
        table.click(position=position)
        try:
            return expected(CLICK_TIMEOUT_MS)
        except AssertionError:
            pass
    return expected(0)
