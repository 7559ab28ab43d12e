"""No serious violation of WCAG AA on any page, in either theme, in what is ours."""

from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.e2e import axe
from tests.e2e.conftest import System
from tests.e2e.screenshots import wait_until_drawn
from tests.e2e.test_console import ALL_PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400), pytest.mark.xdist_group("browser")]

# Streamlit's own: the colours that it gives to the words of a code block
STREAMLITS_OWN = ('class="token',)
VIEWS = (
    *ALL_PAGES, "/alerts?alerts_view=Backtest", "/alerts?alerts_view=Silences",
    "/infrastructure?infra_view=Targets",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation_in_what_is_ours(
    system: System, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    found = []
    for path in VIEWS:
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, color_scheme=scheme)
        page.goto(system.console + path)
        wait_until_drawn(page)
        found += [
            (path, rule, element)
            for rule, element in axe.serious(page)
            if not any(name in element for name in STREAMLITS_OWN)
        ]
        page.close()
    assert not found
