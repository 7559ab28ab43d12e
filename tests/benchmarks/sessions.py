"""Many people at once: 20 sessions with a refresh of 5 s beside 3, for five minutes each."""

import asyncio
import os
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from tests import servers
from tests.benchmarks.arithmetic import percentile, table
from tests.benchmarks.pages import started_console
from tests.benchmarks.system import bike_system
from tests.benchmarks.viewers import Seen, look

FEW, MANY = 3, 20
SECONDS = float(os.environ.get("BENCH_SESSION_SECONDS", "300"))
FIRST_LOOK_SECONDS = min(60.0, SECONDS / 5)
PAGES = ("", "traffic", "infrastructure")
QUERY = "refresh=5+s&model=bike-sharing"
COUNTED = ('handler="/api/v1/query"', 'handler="/api/v1/query_range"')


def run() -> dict[str, Any]:
    """Queries to Prometheus, resident memory of the console in MiB, seconds of a script run."""
    found = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="belvedere-")))
        system = stack.enter_context(bike_system(folder))
        for sessions in (FEW, MANY):
            # a console of its own each, so that neither has the other's memory and answers
            console = stack.enter_context(
                started_console(
                    system.prometheus.url, folder / f"console-{sessions}", system.alertmanager.url
                )
            )
            found[f"{sessions} sessions"] = asyncio.run(
                _measured(console, system.prometheus.url, sessions)
            )
            console.stop()
    few, many = found[f"{FEW} sessions"], found[f"{MANY} sessions"]
    print(table([[name, *(row[name] for row in found.values())] for name in few],
                ["what", *found]))  # fmt: skip
    ratio = many["queries to Prometheus"] / few["queries to Prometheus"]
    print(f"queries of {MANY} sessions: {ratio:.2f} times those of {FEW}\n")
    return {**found, "queries_ratio": ratio, "load": os.getloadavg()}


async def _measured(console: servers.Server, prometheus: str, sessions: int) -> dict[str, float]:
    pages = [PAGES[number % len(PAGES)] for number in range(sessions)]
    before = _queries(prometheus)
    looking = asyncio.create_task(look(console.url, pages, QUERY, SECONDS))
    await asyncio.sleep(FIRST_LOOK_SECONDS)
    early = _resident(console)
    await asyncio.sleep(SECONDS - FIRST_LOOK_SECONDS - 1)
    late = _resident(console)
    seen: Seen = await looking
    for error in dict.fromkeys(seen.errors):
        print(f"error shown: {error}")
    return {
        "queries to Prometheus": _queries(prometheus) - before,
        "script runs": seen.scripts,
        "errors": len(seen.errors),
        "median seconds a run": median(seen.seconds),
        "p95 seconds a run": percentile(seen.seconds, 0.95),
        f"MiB after {FIRST_LOOK_SECONDS:.0f} s": early,
        f"MiB after {SECONDS:.0f} s": late,
    }


def _queries(prometheus: str) -> float:
    """The queries that Prometheus has answered so far, as it counts them itself."""
    with urllib.request.urlopen(f"{prometheus}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    counted = [line for line in lines if line.startswith("prometheus_http_requests_total{")]
    return sum(
        float(line.rpartition(" ")[2]) for line in counted if any(n in line for n in COUNTED)
    )


def _resident(server: servers.Server) -> float:
    text = Path(f"/proc/{server.process.pid}/status").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
