"""python -m deployment.alertmanager: write Alertmanager's files and print the active receivers."""

import argparse
import sys
from pathlib import Path

from deployment.alertmanager.render import ConfigurationError, write


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.alertmanager", description=__doc__)
    parser.add_argument("--secrets", type=Path, default=Path("secrets"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--inbox-url", default="", help="URL of the notification log; empty to disable it"
    )
    parser.add_argument("--console-url", default="http://127.0.0.1:8501")
    parser.add_argument(
        "--runbooks-url", default="", help="prefix of links to deployment/runbook.md"
    )
    parser.add_argument("--timezone", default="", help="time zone of the mute times; empty for UTC")
    parser.add_argument("--mode", type=lambda text: int(text, 8), default=0o600)
    options = parser.parse_args(arguments)
    settings = {
        "inbox_url": options.inbox_url,
        "console_url": options.console_url.rstrip("/"),
        "runbooks_url": options.runbooks_url,
        "timezone": options.timezone,
    }
    try:
        integrations = write(options.out, options.secrets, settings, mode=options.mode)
    except (ConfigurationError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("Receivers: " + ("; ".join(integrations) or "none (see secrets/README.md)"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
