"""The tests have the same names in every process: xdist's workers must collect the same ones."""

import os
import re
import subprocess
import sys

import pytest

from deployment.local.programs import ROOT

# what --dist loadgroup adds to the name of a test
GROUP = re.compile(r"@[\w/.]+$")
SHORT_WORDS = re.compile(r"[\w.+:,/'# -]{1,80}")


def names(session: pytest.Session) -> list[str]:
    """Return the names of the tests that this process has collected, without xdist's groups."""
    return [GROUP.sub("", item.nodeid) for item in session.items]


def test_another_process_collects_the_same_tests(request: pytest.FixtureRequest) -> None:
    # this process collected seconds ago and with another hash seed
    command = [
        sys.executable, "-m", "pytest", "--collect-only", "--quiet", "--no-header",
        "-p", "no:cacheprovider", *request.config.args,
    ]  # fmt: skip
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "PYTHONHASHSEED": "7",
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    collected = [line for line in done.stdout.splitlines() if "::" in line]
    missing = set(names(request.session)) - set(collected)
    assert not missing, "their names change from process to process"
    options = request.config.option
    if not (options.keyword or options.markexpr or options.lf):
        assert names(request.session) == collected


def test_a_parameter_is_named_by_a_short_word(request: pytest.FixtureRequest) -> None:
    wrong = [
        item.nodeid
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and not SHORT_WORDS.fullmatch(item.callspec.id)
    ]
    assert not wrong, "give the parameters ids: words of at most 80 characters"


def test_the_groups_of_tests_reach_the_scheduler(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("the tests run in one process")
    grouped = [item for item in request.session.items if any(item.iter_markers("xdist_group"))]
    assert grouped
    # a test without its group in the name runs on any worker, and starts the servers once more
    assert all(GROUP.search(item.nodeid) for item in grouped)
