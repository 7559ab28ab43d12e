"""Prints the steps of a drill, and waits for each."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.5
WAITING_EVERY_SECONDS = 60.0


class NotArrived(Exception):
    """The alert did not reach a step in time; the text names the step."""


class Journal:
    """Prints each step with the time of day and the seconds since the injection."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def step(self, name: str, text: str) -> None:
        passed = time.monotonic() - self.started
        print(f"{time.strftime('%H:%M:%S')}  {passed:6.1f} s  {name:<9} {text}", flush=True)

    def wait(self, name: str, patience_seconds: float, look: Callable[[], str | None]) -> None:
        """Print the step as soon as `look` returns a text. Raises NotArrived."""
        now = time.monotonic()
        deadline, next_line = now + patience_seconds, now + WAITING_EVERY_SECONDS
        while (text := look()) is None:
            now = time.monotonic()
            if now > deadline:
                raise NotArrived(f"not {name} within {patience_seconds:g} s")
            if now > next_line:
                self.step("waiting", f"not {name} yet; at most {deadline - now:.0f} s more")
                next_line = now + WAITING_EVERY_SECONDS
            time.sleep(POLL_SECONDS)
        self.step(name, text)
