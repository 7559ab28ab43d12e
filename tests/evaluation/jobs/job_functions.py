"""Jobs for the tests of the runner; the worker imports them from here."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from evaluation.errors import NotANumber

Report = Callable[[str, float], None]
_warm = False


def squares(_report: Report, n: int) -> tuple[int, list[int]]:
    return os.getpid(), [i * i for i in range(n)]


def sleep(report: Report, seconds: float) -> None:
    report("sleeping", 0.25)
    time.sleep(seconds)


def deaf(report: Report) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    report(f"pid {os.getpid()}", 0.0)
    time.sleep(25)


def kill_myself(_report: Report) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(_report: Report) -> None:
    raise NotANumber("current", "temp", 3, "warm")


class Strange(Exception):
    def __init__(self) -> None:
        super().__init__("unpicklable")
        self.function = lambda: None


def fail_strangely(_report: Report) -> None:
    raise Strange


def facts(_report: Report) -> dict[str, Any]:
    return {
        "niceness": os.nice(0),
        "hash_seed": os.environ.get("PYTHONHASHSEED"),
        "do_not_track": os.environ.get("DO_NOT_TRACK"),
    }


def get_warm() -> None:
    global _warm
    _warm = True


def is_warm(_report: Report) -> bool:
    return _warm
