"""Every page in either theme: it fits its width, and axe finds no serious violation of WCAG AA."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import axe
from tests.e2e.browser import VIEWPORT
from tests.e2e.conftest import System
from tests.e2e.screenshots import wait_until_drawn

PATHS = (
    "/", "/traffic", "/quality", "/drift", "/versions", "/try-it", "/evaluate", "/reports",
    "/alerts", "/infrastructure", "/explore", "/board", "/add-model",
    "/alerts?alerts_view=Backtest", "/alerts?alerts_view=Silences",
    "/infrastructure?infra_view=Targets",
)  # fmt: skip
GROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 23, 30)"}
MAIN = "document.querySelector('[data-testid=\"stMain\"]')"

# on the worker that has the system of test_evaluating.py, with its evaluations
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_its_width_and_has_no_serious_violation_in_either_theme(
    system: System, page: Page, path: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    # a refresh draws what it replaces in pale colours
    page.goto(f"{system.console}{path}{'&' if '?' in path else '?'}refresh=off")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    wait_until_drawn(page)
    assert not axe.violations(page)
    for width in (VIEWPORT["width"], 800):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(1000)
        # a loaded machine draws the charts of the new width later
        page.wait_for_function(f"() => {MAIN}.scrollWidth <= {MAIN}.clientWidth")
    ground = page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor"
    )
    assert ground == GROUND[scheme]
