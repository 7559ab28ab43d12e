"""The states of a console for its pictures: without data, service stopped, Prometheus stopped."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from demo import hours
from demo.client import ServiceClient
from tests import servers
from tests.benchmarks.system import bike_api, bike_system
from tests.e2e.conftest import console

# a scrape of 5 s fails, and answers of before are no longer fresh
NOTICED_SECONDS = 12


def each_state(folder: Path) -> Iterator[tuple[str, str]]:
    """Name of the state and address of the console that is in it; the next one ends it."""
    with ExitStack() as stack:
        empty = stack.enter_context(servers.prometheus({}))
        silent = stack.enter_context(servers.alertmanager())
        yield "empty", console(stack, empty.url, silent.url, folder / "empty")
        system = stack.enter_context(bike_system(folder))
        _traffic(system.api.url)
        shown = console(stack, system.prometheus.url, system.alertmanager.url, folder / "console")
        system.api.stop()
        time.sleep(NOTICED_SECONDS)
        yield "service-stopped", shown
        stack.enter_context(bike_api(folder, system.api.port))
        system.prometheus.stop()
        time.sleep(NOTICED_SECONDS)
        yield "prometheus-stopped", shown


def _traffic(url: str) -> None:
    api = ServiceClient(url, 10)
    for record in list(hours.records("2011-02-01", "2011-02-02")):
        record.pop(hours.TRUTH)
        api.post("/predict", record)
