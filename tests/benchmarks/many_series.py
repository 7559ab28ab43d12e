"""What a page costs the server when 10,000 series lie behind it."""

import asyncio
import json
import os
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from tests import servers
from tests.benchmarks.arithmetic import table
from tests.benchmarks.pages import started_console
from tests.benchmarks.viewers import look
from tests.history import Service, write_blocks

MODELS, ROUNDS = 260, 4
HISTORY_SECONDS = 1800
# past what answers are kept for, so that every visit asks anew
VISIT_SECONDS = 11.0
EVERY = "range=15+min&refresh=off"
EXPLORED = "%7B__name__%3D~%22api_.%2A%7Cmodel_.%2A%22%7D"
PAGES = {
    "Overview, all models": ("", EVERY),
    "Traffic of one model": ("traffic", f"{EVERY}&model=model-007"),
    "Infrastructure": ("infrastructure", EVERY),
    "Explore, every series of the models": ("explore", f"{EVERY}&kind=Instant&query={EXPLORED}"),
}


def run() -> dict[str, Any]:
    """Seconds that the server works on a page, medians of rounds in which every query is new."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="belvedere-")))
        services = [
            Service(f"model-{number:03}", f"job-{number:03}", "127.0.0.1:1", seed=number)
            for number in range(MODELS)
        ]
        now = time.time()
        write_blocks(folder / "prometheus" / "data", services, now - HISTORY_SECONDS, now)
        real = stack.enter_context(servers.prometheus({}, directory=folder / "prometheus"))
        series = _series(real.url)
        console = stack.enter_context(started_console(real.url, folder / "console"))
        found = {name: asyncio.run(_page(console, *page)) for name, page in PAGES.items()}
    print(table([[name, *seconds] for name, seconds in found.items()],
                [f"page, {series:,} series", "server seconds", "processor"]), "\n")  # fmt: skip
    return {"series": series, "seconds": found, "load": os.getloadavg()}


async def _page(console: servers.Server, page: str, query: str) -> tuple[float, float]:
    """From the request of a page to the end of its script, and the processor's seconds of a visit;
    a visit that warms up goes before."""
    took, worked = [], []
    for number in range(ROUNDS + 1):
        before = _processor_seconds(console.process.pid)
        seen = await look(console.url, [page], query, VISIT_SECONDS)
        if seen.errors:
            raise RuntimeError(f"{page}: {seen.errors[0]}")
        if number:
            took.append(seen.seconds[0])
            worked.append(_processor_seconds(console.process.pid) - before)
    return median(took), median(worked)


def _processor_seconds(pid: int) -> float:
    """What the process has worked so far, in all of its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _series(url: str) -> int:
    """How many series there were in the last quarter of an hour."""
    query = "count(last_over_time(%7B__name__%3D~%22.%2B%22%7D%5B15m%5D))"
    with urllib.request.urlopen(f"{url}/api/v1/query?query={query}", timeout=60) as answer:
        return int(json.load(answer)["data"]["result"][0]["value"][1])
