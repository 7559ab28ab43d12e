"""Fixtures that several packages of tests share, names of tests, and their order."""

import re
import signal

import pytest

from tests.postgres import postgres, postgres_url
from tests.services import (
    api,
    cats_dogs_data,
    churn,
    churn_data,
    data,
    trained,
    trained_cats_dogs,
    trained_churn,
)

__all__ = [
    "api",
    "cats_dogs_data",
    "churn",
    "churn_data",
    "data",
    "postgres",
    "postgres_url",
    "trained",
    "trained_cats_dogs",
    "trained_churn",
]

LONGEST_ID = 24
# longest groups first, as a group stays on one worker; then tests that any worker may take
SLOW_FIRST = (
    "tests/demo/test_fire_alert.py",
    "tests/demo/test_scenarios.py",
    "tests/e2e/test_console.py",
    "tests/deployment/test_stack.py",
    "tests/e2e/test_evaluating.py",
    "tests/e2e/test_every_page.py",
    "tests/e2e",
    "tests/deployment/test_delivery.py",
    "tests/model_service/evaluations",
    "tests/deployment",
    "tests/demo",
    "tests/model_service",
    "tests/console/evaluations",
    "tests/console/mapping/test_other_services.py",
    "tests/test_contract.py",
    "tests/evaluation/large_tables",
    "tests/evaluation/drift",
)


def pytest_configure() -> None:
    # a shell ignores SIGINT in its background jobs, and the tests interrupt programs
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter by a short word that is equal in every process.

    Text becomes its first letters and digits; bytes become the argument's name, since they may
    hold the time in which they were made.
    """
    if isinstance(val, bytes):
        return argname
    if isinstance(val, str):
        words = re.sub(r"[^A-Za-z0-9_.]+", "-", val)[:LONGEST_ID]
        return words.strip("-.") or argname
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put slow tests first and tell xdist (--dist loadgroup) which tests stay on one worker.

    A test that shares a fixture with its file or package stays with the others of the file; a
    test that starts its own servers goes to any worker.
    """
    items.sort(key=_rank)
    for item in items:
        if any(item.iter_markers("xdist_group")):
            continue
        if not (any(item.iter_markers("stack")) and _shares_nothing(item)):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def _rank(item: pytest.Item) -> int:
    return next(
        (rank for rank, path in enumerate(SLOW_FIRST) if item.nodeid.startswith(path)),
        len(SLOW_FIRST),
    )


def _shares_nothing(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return not any(
        fixture.scope in ("class", "module", "package") for defs in fixtures for fixture in defs
    )
