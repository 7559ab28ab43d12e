"""Warm /predict of a picture of 30 KiB: ours on SQLite and PostgreSQL, beside a bare route."""

import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

from model_service.models.cats_dogs import data, training
from tests import postgres, servers
from tests.benchmarks.arithmetic import medians, table
from tests.benchmarks.environments import FOLDER
from tests.benchmarks.load import load

ROUNDS, SECONDS = 3, 4
PICTURE_BYTES = 30 * 1024
OURS, ON_POSTGRESQL, BARE = "ours", "ours on PostgreSQL", "bare route"
CONNECTIONS = (1, 4)


def run() -> dict[str, Any]:
    """Throughput (requests/s) and latency (ms) of each contender, medians of interleaved rounds."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    files = [picture.path.read_bytes() for picture in data.pictures()]
    picture = min(files, key=lambda content: abs(len(content) - PICTURE_BYTES))
    rounds: dict[tuple[str, int], list[Mapping[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        contenders = _start(stack, folder)
        _check_same_answer(contenders, picture)
        for number in range(ROUNDS + 1):
            for connections in CONNECTIONS:
                for who, server in contenders.items():
                    measured = _measure(server, picture, folder, connections)
                    if number > 0:
                        rounds.setdefault((who, connections), []).append(measured)
    result = {key: medians(measured) for key, measured in rounds.items()}
    ratios = {key: _ratio(result, key) for key in result}
    rows = [
        [who, connections, values["requests_per_second"], values["p50_ms"], values["p99_ms"],
         values["cpu_ms"], ratios[who, connections]]
        for (who, connections), values in result.items()
    ]  # fmt: skip
    print(f"/predict, a picture of {len(picture):,} bytes, medians of {ROUNDS} rounds")
    head = ["contender", "connections", "requests/s", "p50 ms", "p99 ms", "CPU ms", "share of bare"]
    print(table(rows, head))
    print("targets: at least 0.8 of the bare route; p50 at most 20 ms with one connection\n")
    return {
        "contenders": {f"{who}, {number}": values for (who, number), values in result.items()},
        "ratios": {f"{who}, {number}": ratio for (who, number), ratio in ratios.items()},
    }


def _measure(
    server: servers.Server, picture: bytes, folder: Path, connections: int
) -> dict[str, float]:
    """Return rate and latencies, and the processor time of the server for each request."""
    before = _cpu_seconds(server)
    url = f"{server.url}/predict"
    measured = load(url, picture, "image/jpeg", folder, connections=connections, seconds=SECONDS)
    seconds = _cpu_seconds(server) - before
    return measured | {"cpu_ms": 1000 * seconds / (SECONDS * measured["requests_per_second"])}


def _cpu_seconds(server: servers.Server) -> float:
    # after the name in brackets: utime and stime are the fields 14 and 15, counted from 1
    stat = Path(f"/proc/{server.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _start(stack: ExitStack, folder: Path) -> dict[str, servers.Server]:
    """Start every contender on the same trained model."""
    settings = {"BELVEDERE_API_TOKEN": "", "BELVEDERE_SPARE_WORKERS": "0"}
    database = stack.enter_context(postgres.started(folder))
    url = stack.enter_context(database.database())
    ports = {who: servers.free_port() for who in (OURS, ON_POSTGRESQL, BARE)}
    contenders = {}
    for who, port in ports.items():
        data_dir = folder / who.replace(" ", "-")
        training.load_or_train(data_dir)
        command = [sys.executable, "-m", "model_service", "cats-dogs", "--port", str(port)]
        environment = settings | {"BELVEDERE_DATA_DIR": str(data_dir)}
        if who == ON_POSTGRESQL:
            environment["BELVEDERE_DATABASE_URL"] = url
        if who == BARE:
            module = "tests.benchmarks.bare_image"
            command = [sys.executable, "-m", module, str(port), str(data_dir)]
        ready = "/docs" if who == BARE else "/ready"
        started = servers.started(command, port, ready, data_dir / "log", environment)
        contenders[who] = stack.enter_context(started)
    return contenders


def _check_same_answer(contenders: Mapping[str, servers.Server], picture: bytes) -> None:
    answers = {
        round(requests.post(f"{each.url}/predict", data=picture, timeout=60).json()["proba_cat"], 3)
        for each in contenders.values()
    }
    if len(answers) != 1:
        raise AssertionError(f"the contenders answer differently: {answers}")


def _ratio(result: Mapping[tuple[str, int], Mapping[str, float]], key: tuple[str, int]) -> float:
    bare = result[BARE, key[1]]["requests_per_second"]
    return result[key]["requests_per_second"] / bare
