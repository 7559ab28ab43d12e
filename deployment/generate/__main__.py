"""python -m deployment.generate [--check]: write the generated files, or list stale ones."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from deployment.generate import dashboards, grafana_alerts, prometheus_rules

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENT = ROOT / "deployment"


def files() -> dict[Path, Callable[[], str]]:
    """Return every generated file with the function that makes its text."""
    rules = DEPLOYMENT / "prometheus" / "rules"
    pages = {
        DEPLOYMENT / "grafana" / "dashboards" / f"{name}.json": partial(dashboards.text, name)
        for name in dashboards.PAGES
    }
    return {
        rules / "recording_rules.yml": prometheus_rules.recording_rules,
        rules / "alert_rules.yml": prometheus_rules.alert_rules,
        DEPLOYMENT / "grafana/provisioning/alerting/rules.yml": grafana_alerts.alert_rules,
        **pages,
    }


def stale() -> dict[Path, str]:
    """Return the files that are out of date, with their new text."""
    texts = {path: make() for path, make in files().items()}
    return {
        path: text
        for path, text in texts.items()
        if not path.exists() or path.read_text("utf-8") != text
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.generate", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if a file is out of date"
    )
    options = parser.parse_args(arguments)
    stale_files = stale()
    for path, text in stale_files.items():
        name = path.relative_to(ROOT)
        if options.check:
            print(f"error: {name} is out of date. Run make generate.", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"wrote {name}")
    return 1 if options.check and stale_files else 0


if __name__ == "__main__":
    sys.exit(main())
