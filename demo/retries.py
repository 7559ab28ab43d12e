"""Repeats a request until the service answers."""

import threading
from collections.abc import Callable
from typing import TypeVar

from demo.client import Rejected, Unreachable

MIN_WAIT_SECONDS, MAX_WAIT_SECONDS = 0.5, 10.0
TOO_MANY_REQUESTS = 429

T = TypeVar("T")


def until_answered(
    request: Callable[[], T], stop: threading.Event, print_error: Callable[[str], None]
) -> T | None:
    """Repeat the request while the service is not available, with growing waits.

    Returns the response, or None on stop. Raises Rejected if a repetition can't help.
    """
    wait = MIN_WAIT_SECONDS
    while not stop.is_set():
        try:
            return request()
        except Rejected as error:
            if error.status < 500 and error.status != TOO_MANY_REQUESTS:
                raise
            print_error(f"retrying in {wait:g} s: {error}")
        except Unreachable as error:
            print_error(f"retrying in {wait:g} s: {error}")
        stop.wait(wait)
        wait = min(2 * wait, MAX_WAIT_SECONDS)
    return None
