"""No serious violation of WCAG AA on any page, in either theme, in what is ours."""

from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.e2e import axe
from tests.e2e.conftest import System
from tests.e2e.test_console import ALL_PAGES

pytestmark = pytest.mark.browser

VIEWS = (
    *ALL_PAGES, "/alerts?alerts_view=Backtest", "/alerts?alerts_view=Silences",
    "/infrastructure?infra_view=Targets",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation_in_what_is_ours(
    system: System, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    assert not axe.violations(browser, system.console, VIEWS, scheme)
