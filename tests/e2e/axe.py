"""axe-core, which finds what a person with a screen reader or weak eyes stumbles over."""

import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.screenshots import wait_until_drawn

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "axe-core@4.14.1"
FOLDER = ROOT / ".belvedere" / "tools" / "axe"
# Streamlit's own: the colours that it gives to the words of a code block
STREAMLITS_OWN = ('class="token',)


@cache
def source() -> str:
    """The script, fetched by npm once; the test is left out where there is none."""
    script = FOLDER / "package" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not here, so that axe-core can't be had")
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = [npm, "pack", PACKAGE, "--silent", "--pack-destination", str(FOLDER)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        archives = sorted(FOLDER.glob("axe-core-*.tgz"))
        if done.returncode or not archives:
            pytest.skip(f"axe-core could not be fetched: {done.stderr[-200:]}")
        shutil.unpack_archive(archives[-1], FOLDER, filter="data")
    return script.read_text("utf-8")


def serious(page: Page) -> list[tuple[str, str]]:
    """Rule and element of every serious or critical violation of WCAG 2 A and AA."""
    page.evaluate(source())
    found: dict[str, Any] = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
    )
    return [
        (violation["id"], node["html"][:300])
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def found(
    browser: Browser, console: str, paths: Iterable[str], scheme: Literal["light", "dark"]
) -> list[tuple[str, str, str]]:
    """Path, rule and element of what is serious on these pages and not Streamlit's own."""
    listed = []
    for path in paths:
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, color_scheme=scheme)
        page.goto(console + path)
        wait_until_drawn(page)
        listed += [
            (path, rule, element)
            for rule, element in serious(page)
            if not any(name in element for name in STREAMLITS_OWN)
        ]
        page.close()
    return listed
