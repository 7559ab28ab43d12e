"""Replay real hours of 2011: request a prediction for each, and send its truth an hour later."""

import argparse
import datetime
import itertools
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from demo import hours
from demo.case import Body, Case, Row
from demo.client import Rejected, ServiceClient
from demo.retries import until_answered

FIRST_DAY, LAST_DAY = "2011-01-01", "2012-12-31"
LINE_EVERY_SECONDS = 10.0
GONE = 404

T = TypeVar("T")


class Replay:
    """Sends one case after another, and retries while the service is not available.

    The feedback of a case is sent when `truth_after` later ones have theirs.
    """

    def __init__(
        self,
        api: ServiceClient,
        stop: threading.Event,
        *,
        terminal: bool,
        truth_after: int = 1,
        prints_progress: bool = True,
    ) -> None:
        self.api = api
        self._stop = stop
        self._terminal = terminal
        self._truth_after = truth_after
        self._feedback: deque[Body] = deque()
        self._prints_progress = prints_progress
        self._last_line = 0.0
        self.sent = self.rejected = self.fed_back = 0
        self.last_rejection = ""

    def run(self, cases: Iterable[Case], per_second: float) -> None:
        """Send `per_second` cases a second until there are no more, or until `stop` is set."""
        next_at = time.monotonic()
        for case in cases:
            if self._stop.wait(max(0.0, next_at - time.monotonic())):
                return
            behind = time.monotonic() - next_at
            self._send(case)
            self._print_line(case, behind)
            next_at += 1 / per_second
            if behind > 1:
                # do not try to catch up: continue at the same pace from now on, and print the delay
                next_at = time.monotonic()

    def finish(self) -> None:
        """Send the remaining feedback."""
        while self._feedback and not self._stop.is_set():
            self._feed_back(0)

    def request(self, request: Callable[[], T]) -> T | None:
        """Repeat the request until it is answered; None if it is rejected, or on stop."""
        try:
            return until_answered(request, self._stop, self._print_error)
        except Rejected as error:
            self.rejected += 1
            self.last_rejection = str(error)
            if error.status != GONE:
                self._print_error(f"rejected: {error}")
            return None

    def _send(self, case: Case) -> None:
        self._feed_back(self._truth_after - 1)
        answer = self.request(partial(case.predict, self.api))
        if answer is None:
            return
        self.sent += 1
        body = case.feedback(answer)
        if body is not None:
            self._feedback.append(body)

    def _feed_back(self, keep: int) -> None:
        """Send the feedback that is due: all but the last `keep`."""
        while len(self._feedback) > keep and not self._stop.is_set():
            body = self._feedback[0]
            if self.request(partial(self.api.post, "/feedback", body)):
                self.fed_back += 1
            if not self._stop.is_set():
                self._feedback.popleft()

    def _print_line(self, case: Case, behind: float) -> None:
        now = time.monotonic()
        if not self._prints_progress:
            return
        if not self._terminal and now - self._last_line < LINE_EVERY_SECONDS:
            return
        self._last_line = now
        late = f", {behind:.1f} s behind" if behind > 1 else ""
        text = f"{case.name}  {summary([self])}{late}"
        if self._terminal:
            print(f"\r{text:<78}", end="", flush=True)
        else:
            print(text, flush=True)

    def _print_error(self, text: str) -> None:
        print(("\n" if self._terminal else "") + text, file=sys.stderr, flush=True)


def summary(replays: Sequence[Replay]) -> str:
    """Return the counts of these replays together, as text."""
    sent, fed_back, rejected = (
        sum(getattr(replay, name) for replay in replays)
        for name in ("sent", "fed_back", "rejected")
    )
    return f"{sent} predicted, {fed_back} with feedback, {rejected} rejected"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="default: %(default)s")
    parser.add_argument("--start", type=_day, default="2011-02-01", help="first day, ISO")
    parser.add_argument("--until", type=_day, default=LAST_DAY, help="last day, ISO")
    parser.add_argument("--hours-per-second", type=speed, default=1.0, help="default: %(default)s")
    parser.add_argument("--once", action="store_true", help="stop after the last day")
    parser.add_argument("--timeout-seconds", type=float, default=30.0)
    options = parser.parse_args(arguments)
    if options.until < options.start:
        parser.error(f"--until {options.until} is before --start {options.start}")
    stop = stopped_by_signals()
    api = ServiceClient(options.url, options.timeout_seconds)
    replay = Replay(api, stop, terminal=sys.stdout.isatty())
    rounds = [None] if options.once else itertools.repeat(None)
    for _ in rounds:
        replay.run(_hours(options.start, options.until), options.hours_per_second)
        if stop.is_set():
            break
    replay.finish()
    print(f"\n{summary([replay])}", flush=True)
    return 0


def stopped_by_signals() -> threading.Event:
    """Return an event that is set when the process gets SIGINT or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _hours(start: str, end: str) -> Iterator[Row]:
    for record in hours.records(start, end):
        truth = record.pop(hours.TRUTH)
        yield Row(f"{record['dteday']} {record['hr']:02d}:00", record, truth)


def _day(text: str) -> str:
    try:
        day = datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an ISO date (2011-02-01)") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise argparse.ArgumentTypeError(f"{day} is outside the data ({FIRST_DAY} to {LAST_DAY})")
    return day


def speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and at most 1000")
    return speed


def count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
