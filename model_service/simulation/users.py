"""Asks the churn service about users of both months in turn; whether they left comes later."""

import argparse
import itertools
import sys
from collections.abc import Iterator

from model_service.models.churn import data, months
from model_service.simulation.client import ServiceClient
from model_service.simulation.replay import Case, Replay, speed, stopped_by_signals

FEATURES = [field.name for field in data.INPUTS]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="default: %(default)s")
    parser.add_argument(
        "--month", choices=list(months.DATES), action="append", help="default: both in turn"
    )
    parser.add_argument("--users-per-second", type=speed, default=1.0, help="default: %(default)s")
    parser.add_argument(
        "--truth-after", type=_count, default=60, metavar="USERS",
        help="predictions between one and its truth, default: %(default)s",
    )  # fmt: skip
    parser.add_argument("--most", type=_count, help="end after so many instead of going on")
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
    print(f"\n{replay.words()}", flush=True)
    return 0


def users(chosen: list[str] | None) -> Iterator[Case]:
    """The users of the months in turn, again from the first at the end.

    Those of the newest month are asked for by their identifier, as the service knows them.
    """
    tables = [(name, months.month(name)) for name in chosen or months.DATES]
    for place in itertools.cycle(range(len(tables[0][1]))):
        for name, table in tables:
            (row,) = table.iloc[[place]].to_dict("records")
            body = {str(feature): row[feature] for feature in FEATURES}
            if name == data.CHALLENGER_MONTH:
                body = {data.Users.key: row[data.Users.key]}
            yield Case(f"{name} {row[data.Users.key]}", body, row[data.TRUTH.name])


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of users from 1 on")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
