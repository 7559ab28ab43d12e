"""make check: every check that needs no server, one line each, the failing ones in full."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deployment.local import tools

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


def commands() -> dict[str, list[str]]:
    """Check by name: the command, run in the project's folder."""
    found = tools.find()
    promtool, amtool = str(found.promtool), str(found.amtool)
    prometheus = ROOT / "deployment" / "prometheus"
    rules = sorted(str(path) for path in (prometheus / "rules").glob("*.yml"))
    tests = sorted(str(path) for path in (prometheus / "tests").glob("*.yml"))
    scripts = sorted(
        str(path) for path in (ROOT / "deployment").rglob("*.sh") if ".venv" not in path.parts
    )
    dockerfiles = sorted(str(path) for path in ROOT.glob("deployment/docker/*Dockerfile*"))
    listed = {
        "ruff check": [str(BIN / "ruff"), "check", "--quiet", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
        "mypy": [str(BIN / "mypy")],
        "import doors": [str(BIN / "lint-imports")],
        "pip check": [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
        "generated files": [sys.executable, "-m", "deployment.generate", "--check"],
        "promtool check config": [
            promtool, "check", "config", "--lint=all", "--lint-fatal", "--syntax-only",
            str(prometheus / "prometheus.yml"),
        ],
        "promtool check rules": [promtool, "check", "rules", "--lint=all", "--lint-fatal", *rules],
        "promtool test rules": [promtool, "test", "rules", *tests],
        "amtool check-config": [sys.executable, "-m", "deployment.alertmanager.check", amtool],
        "shellcheck": [str(BIN / "shellcheck"), ".ci/run", *scripts],
    }  # fmt: skip
    if dockerfiles:
        config = ["--config", str(ROOT / "deployment/docker/hadolint.yaml")]
        listed["hadolint"] = [str(BIN / "hadolint"), *config, *dockerfiles]
    return listed


def main() -> int:
    environment = {**os.environ, "NO_COLOR": "1"}

    def run(command: list[str]) -> tuple[int, str, float]:
        started = time.perf_counter()
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False
        )
        return done.returncode, done.stdout + done.stderr, time.perf_counter() - started

    failed = 0
    listed = commands()
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(run, listed.values())
        for name, (code, output, seconds) in zip(listed, results, strict=True):
            print(f"  {'ok' if code == 0 else 'FAILED':<7} {name} ({seconds:.1f} s)", flush=True)
            if code != 0:
                failed += 1
                print(output, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
