"""Request churn predictions for users of both months in turn; send their truth later."""

import argparse
import csv
import gzip
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo.case import Row
from demo.client import ServiceClient
from demo.replay import Replay, count, speed, stopped_by_signals, summary

FILE = Path(__file__).parent / "data" / "churn_users.csv.gz"
MONTHS = ("month_000", "month_001")
# the service has the features of these users, so only their identifier is sent
STORED_MONTH = "month_001"
KEY, TRUTH = "user_id", "churn_label"
TEXTS = (
    KEY, "snapshot_date", "paperless_billing", "plan_stream_tv", "plan_stream_movies",
    "net_service",
)  # fmt: skip
FLOATS = (
    "monthly_fee", "watch_hours_30d", "avg_session_mins_7d", "ticket_avg_resolution_hrs_90d",
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="default: %(default)s")
    parser.add_argument("--month", choices=MONTHS, action="append", help="default: both in turn")
    parser.add_argument("--users-per-second", type=speed, default=1.0, help="default: %(default)s")
    parser.add_argument(
        "--truth-after", type=count, default=60, metavar="USERS",
        help="predictions between a prediction and its truth, default: %(default)s",
    )  # fmt: skip
    parser.add_argument("--most", type=count, help="number of users, default: no limit")
    parser.add_argument("--timeout-seconds", type=float, default=30.0)
    options = parser.parse_args(arguments)
    stop = stopped_by_signals()
    replay = Replay(
        ServiceClient(options.url, options.timeout_seconds),
        stop,
        terminal=sys.stdout.isatty(),
        truth_after=options.truth_after,
    )
    replay.run(itertools.islice(users(options.month), options.most), options.users_per_second)
    replay.finish()
    print(f"\n{summary([replay])}", flush=True)
    return 0


def users(chosen: list[str] | None) -> Iterator[Row]:
    """Yield the users of the months in turn, without end.

    Users of the latest month are sent by their identifier, as the service has their features.
    """
    tables = [(name, records(name)) for name in chosen or MONTHS]
    for place in itertools.cycle(range(len(tables[0][1]))):
        for name, table in tables:
            row = dict(table[place])
            truth = row.pop(TRUTH)
            body = {KEY: row[KEY]} if name == STORED_MONTH else row
            yield Row(f"{name} {row[KEY]}", body, truth)


def records(month: str) -> list[dict[str, Any]]:
    """Read the rows of a month: inputs of the churn service, and `churn_label`."""
    with gzip.open(FILE, "rt", newline="") as file:
        return [_typed(row) for row in csv.DictReader(file) if row.pop("month") == month]


def _typed(row: dict[str, str]) -> dict[str, Any]:
    return {
        name: text if name in TEXTS else float(text) if name in FLOATS else int(text)
        for name, text in row.items()
    }


if __name__ == "__main__":
    sys.exit(main())
