"""axe-core, which finds what a person with a screen reader or weak eyes stumbles over."""

from functools import cache
from importlib import resources
from typing import Any

from playwright.sync_api import Page

# Streamlit's: the colours of the words in a code block
STREAMLIT_ELEMENTS = ('class="token',)


@cache
def source() -> str:
    """Return axe-core's script, which the package axe-playwright-python carries."""
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def serious(page: Page) -> list[tuple[str, str]]:
    """Return rule and element of every serious or critical violation of WCAG 2 A and AA."""
    page.evaluate(source())
    result: dict[str, Any] = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
    )
    return [
        (violation["id"], node["html"][:300])
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def violations(page: Page) -> list[tuple[str, str]]:
    """Return rule and element of the serious violations in our part of a page that is drawn."""
    return [
        (rule, element)
        for rule, element in serious(page)
        if not any(name in element for name in STREAMLIT_ELEMENTS)
    ]
