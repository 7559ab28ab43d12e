"""python -m deployment.alertmanager: write Alertmanager's files, and say who will be notified."""

import argparse
import sys
from pathlib import Path

from deployment.alertmanager.render import ConfigurationError, write


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.alertmanager", description=__doc__)
    parser.add_argument("--secrets", type=Path, default=Path("secrets"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--inbox-url", default="", help="the notification log; empty for none")
    parser.add_argument("--console-url", default="http://127.0.0.1:8501")
    parser.add_argument("--runbooks-url", default="", help="put before deployment/runbook.md")
    parser.add_argument("--timezone", default="", help="of the quiet times; empty for UTC")
    parser.add_argument("--mode", type=lambda text: int(text, 8), default=0o600)
    options = parser.parse_args(arguments)
    settings = {
        "inbox_url": options.inbox_url,
        "console_url": options.console_url.rstrip("/"),
        "runbooks_url": options.runbooks_url,
        "timezone": options.timezone,
    }
    try:
        ways = write(options.out, options.secrets, settings, mode=options.mode)
    except (ConfigurationError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("Notified: " + ("; ".join(ways) or "nobody (see secrets/README.md)"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
