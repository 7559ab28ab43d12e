"""Pictures of every page of a running console, light and dark, at 1440 and 800 pixels."""

import argparse
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Error, Page

from tests.e2e.browser import chromium

PAGES = {
    "overview": "/", "traffic": "/traffic", "quality": "/quality", "drift": "/drift",
    "evaluate": "/evaluate", "reports": "/reports", "alerts": "/alerts",
    "backtest": "/alerts?alerts_view=Backtest", "infrastructure": "/infrastructure",
    "explore": "/explore",
}  # fmt: skip
WIDTHS = (1440, 800)
HEIGHT = 1000
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def wait_until_drawn(page: Page) -> None:
    """No skeleton, no spinner, and nothing of the last run left over."""
    page.wait_for_selector('[data-testid="stAppViewContainer"] h1')
    page.wait_for_selector('[data-testid="stSkeleton"]', state="detached")
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=\"stApp\"]')"
        ".getAttribute('data-test-script-state')?.startsWith('running')"
    )
    page.wait_for_timeout(2500)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8501", help="default: %(default)s")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--full", action="store_true", help="the whole page, not the first screen")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for scheme in SCHEMES:
            for width in WIDTHS:
                page = browser.new_page(
                    viewport={"width": width, "height": HEIGHT}, color_scheme=scheme
                )
                for name, path in PAGES.items():
                    try:
                        page.goto(options.url + path)
                        wait_until_drawn(page)
                    except Error as error:
                        sys.exit(f"error: {options.url}{path} was not drawn: {error}")
                    target = options.out / f"{name}-{scheme}-{width}.png"
                    if options.full:
                        height = page.evaluate(
                            "document.querySelector('[data-testid=\"stMain\"]').scrollHeight"
                        )
                        page.set_viewport_size({"width": width, "height": height + 60})
                        page.wait_for_timeout(800)
                    page.screenshot(path=target)
                    page.set_viewport_size({"width": width, "height": HEIGHT})
                page.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
