"""/predict and /metrics at 100 requests/s, idle and while 100,000 rows are evaluated."""

import asyncio
import json
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from model_service.models.bike_sharing import data, training
from tests import servers
from tests.benchmarks.arithmetic import medians, percentile, table

RATE, SECONDS, ROUNDS, ROWS = 100, 8, 4, 100_000


def run() -> dict[str, Any]:
    """p50 and p99 in ms from the time a request was due, medians of alternating rounds."""
    record = {field.name: field.example for field in data.INPUTS}
    row = json.dumps({**record, "cnt": 16}, separators=(",", ":")).encode()
    evaluation = b'{"data":[' + b",".join([row] * ROWS) + b"]}"
    predict = request_of("POST", "/predict", json.dumps(record).encode())
    metrics = request_of("GET", "/metrics", b"")
    measured: dict[str, list[Mapping[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        training.load_or_train(Path(name) / "data")
        port = servers.free_port()
        command = [sys.executable, "-m", "model_service", "bike-sharing", "--port", str(port)]
        settings = {"BELVEDERE_DATA_DIR": f"{name}/data", "BELVEDERE_API_TOKEN": ""}
        with servers.started(command, port, "/ready", Path(name) / "log", settings) as server:
            requests.post(f"{server.url}/evaluations", json={"window": "june_2011"}, timeout=30)
            time.sleep(8)
            for number in range(ROUNDS + 1):
                for path, request in (("/predict", predict), ("/metrics", metrics)):
                    for busy in (False, True):
                        found = _round(server, port, request, evaluation if busy else None)
                        if number > 0:
                            key = f"{path} {'while evaluating' if busy else 'idle'}"
                            measured.setdefault(key, []).append(found)
    result = {key: medians(rounds) for key, rounds in measured.items()}
    _report(result)
    return result


def _round(
    server: servers.Server, port: int, request: bytes, evaluation: bytes | None
) -> dict[str, float]:
    stop = threading.Event()
    done = 0

    def evaluate() -> None:
        nonlocal done
        while not stop.is_set():
            answer = requests.post(f"{server.url}/evaluate", data=evaluation, timeout=120)
            assert answer.status_code == 200, answer.text
            done += 1

    thread = threading.Thread(target=evaluate)
    if evaluation is not None:
        thread.start()
        time.sleep(0.3)
    latencies = asyncio.run(clients(port, request))
    stop.set()
    if evaluation is not None:
        thread.join()
    return {
        "p50_ms": 1000 * percentile(latencies, 0.5),
        "p99_ms": 1000 * percentile(latencies, 0.99),
        "evaluations": float(done),
    }


async def clients(port: int, request: bytes, connections: int = 8) -> list[float]:
    """Send at fixed times over a few connections; latency counts from when it was due."""
    latencies: list[float] = []
    start = time.perf_counter() + 0.1
    total = RATE * SECONDS

    async def client(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(first, total, connections):
            due = start + number / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(request)
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - due)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(client(number) for number in range(connections)))
    return latencies


def request_of(method: str, path: str, body: bytes) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _report(result: dict[str, dict[str, float]]) -> None:
    rows = []
    for path in ("/predict", "/metrics"):
        idle, busy = result[f"{path} idle"], result[f"{path} while evaluating"]
        limit = max(1.5 * idle["p99_ms"], idle["p99_ms"] + 5)
        for state, found in (("idle", idle), ("while evaluating", busy)):
            rows.append([path, state, found["p50_ms"], found["p99_ms"], limit])
    print(f"{RATE} requests/s, idle and while {ROWS:,} rows are evaluated, medians of {ROUNDS}")
    print(table(rows, ["path", "state", "p50 ms", "p99 ms", "target p99 ms"]), "\n")
