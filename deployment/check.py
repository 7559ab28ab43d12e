"""make check: every check that needs no server, one line each, the failing ones in full.

`python -m deployment.check --beside COMMAND ...` runs the quick checks, then the command beside
the slow ones: `make test` runs pytest this way. Both must succeed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deployment.local import tools

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SLOW = ("mypy", "pip check", "generated files", "shellcheck", "amtool check-config")
# tests/deployment/test_alerts.py runs every file of these, too
RULE_TESTS = "promtool test rules"


def commands() -> dict[str, list[str]]:
    """Return the command of each check by its name; they run in the project's folder."""
    programs = tools.find()
    promtool, amtool = str(programs.promtool), str(programs.amtool)
    prometheus = ROOT / "deployment" / "prometheus"
    rules = sorted(str(path) for path in (prometheus / "rules").glob("*.yml"))
    tests = sorted(str(path) for path in (prometheus / "tests").glob("*.yml"))
    scripts = sorted(
        str(path) for path in (ROOT / "deployment").rglob("*.sh") if ".venv" not in path.parts
    )
    dockerfiles = sorted(str(path) for path in ROOT.glob("deployment/docker/*Dockerfile*"))
    checks = {
        "ruff check": [str(BIN / "ruff"), "check", "--quiet", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
        "mypy": [str(BIN / "mypy")],
        "import contracts": [str(BIN / "lint-imports")],
        "pip check": [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
        "generated files": [sys.executable, "-m", "deployment.generate", "--check"],
        "messages": [sys.executable, "-m", "evaluation.messages", "--check"],
        "promtool check config": [
            promtool, "check", "config", "--lint=all", "--lint-fatal", "--syntax-only",
            str(prometheus / "prometheus.yml"),
        ],
        "promtool check rules": [promtool, "check", "rules", "--lint=all", "--lint-fatal", *rules],
        RULE_TESTS: [promtool, "test", "rules", *tests],
        "amtool check-config": [sys.executable, "-m", "deployment.alertmanager.check", amtool],
        "shellcheck": [str(BIN / "shellcheck"), ".ci/run", *scripts],
    }  # fmt: skip
    if dockerfiles:
        config = ["--config", str(ROOT / "deployment/docker/hadolint.yaml")]
        checks["hadolint"] = [str(BIN / "hadolint"), *config, *dockerfiles]
    return checks


def succeed(checks: Mapping[str, list[str]]) -> bool:
    """Run the checks, two at a time, print a line for each and return whether all succeeded."""
    with ThreadPoolExecutor(2) as pool:
        # a list first: every check runs, also after a failed one
        return all([*pool.map(_succeeds, checks, checks.values())])


def _succeeds(name: str, command: list[str]) -> bool:
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    seconds, succeeded = time.perf_counter() - start, done.returncode == 0
    line = f"  {'ok' if succeeded else 'FAILED':<7} {name} ({seconds:.1f} s)\n"
    # one write: the lines of two checks do not mix
    sys.stdout.write(line if succeeded else line + done.stdout + done.stderr)
    sys.stdout.flush()
    return succeeded


def beside(tests: list[str]) -> bool:
    """Run the quick checks, then the tests' command beside the slow checks."""
    checks = commands()
    slow = {name: checks.pop(name) for name in SLOW}
    del checks[RULE_TESTS]
    # compiles what the tests import, before several workers do it at once
    checks["collection of the tests"] = [sys.executable, "-m", "pytest", "--collect-only", "-qq"]
    if not succeed(checks):
        return False
    with ThreadPoolExecutor(1) as pool:
        slow_succeed = pool.submit(succeed, slow)
        tests_succeed = subprocess.run(tests, cwd=ROOT, check=False).returncode == 0
        if not slow_succeed.result():
            print("\nA check failed beside the tests: see FAILED above, or run make check.")
            return False
    return tests_succeed


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--beside"]:
        return 0 if beside(arguments[1:]) else 1
    return 0 if succeed(commands()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
