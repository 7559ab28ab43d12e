"""What a page costs the server when 10,000 series lie behind it."""

import json
import os
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from streamlit.testing.v1 import AppTest

from tests import servers
from tests.benchmarks.arithmetic import table
from tests.history import Service, write_blocks

ROOT = Path(__file__).resolve().parents[2]
MODELS, ROUNDS = 260, 5
HISTORY_SECONDS = 1800
# past what answers are kept for, so that every round asks anew
PAUSE_SECONDS = 10.5
PAGES = {
    "Overview, all models": ("overview", {"range": "15 min"}),
    "Traffic of one model": ("traffic", {"range": "15 min"}),
    "Explore, all of them drawn": (
        "explore",
        {"range": "15 min", "query": '{__name__=~"api_.*|model_.*"}'},
    ),
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
        os.environ["BELVEDERE_PROMETHEUS_URL"] = real.url
        os.environ["BELVEDERE_ALERTMANAGER_URL"] = f"http://127.0.0.1:{servers.free_port()}"
        os.environ["BELVEDERE_CONSOLE_DIR"] = str(folder / "kept")
        found = {name: _page(*page) for name, page in PAGES.items()}
    print(table([[name, seconds] for name, seconds in found.items()],
                [f"page, {series:,} series", "server seconds"]), "\n")  # fmt: skip
    return {"series": series, "seconds": found, "load": os.getloadavg()}


def _page(view: str, address: dict[str, str]) -> float:
    page = AppTest.from_file(str(ROOT / "console" / "views" / f"{view}.py"), default_timeout=120)
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    took = []
    for _ in range(ROUNDS):
        time.sleep(PAUSE_SECONDS)
        started = time.perf_counter()
        page.run()
        took.append(time.perf_counter() - started)
        if page.exception:
            raise RuntimeError(page.exception[0].message)
    return median(took)


def _series(url: str) -> int:
    """How many series there were in the last quarter of an hour."""
    query = "count(last_over_time(%7B__name__%3D~%22.%2B%22%7D%5B15m%5D))"
    with urllib.request.urlopen(f"{url}/api/v1/query?query={query}", timeout=60) as answer:
        return int(json.load(answer)["data"]["result"][0]["value"][1])
