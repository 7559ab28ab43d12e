"""Jobs: /predict while the queue is full, a week of a log of a million rows, a page of the list."""

import asyncio
import json
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from evaluation.store.migrations import upgrade
from evaluation.store.store import EvaluationStore
from evaluation.store.tables import evaluations
from model_service.models.bike_sharing import data, load, training
from model_service.predictions.tables import engine_for, log_layout, log_table
from tests import servers
from tests.benchmarks.arithmetic import medians, percentile, table
from tests.benchmarks.interference import clients, request_of

ROUNDS, LOG_ROWS, EVALUATIONS, PAGES = 4, 1_000_000, 10_000, 100
YEAR, WEEK = 365 * 86_400, 7 * 86_400
START = 1_704_067_200.0


def run() -> dict[str, Any]:
    return {"queue": queue_full(), "log": large_log()}


def queue_full() -> dict[str, Any]:
    """p50 and p99 of /predict in ms at 100 requests/s, medians of alternating rounds."""
    record = {field.name: field.example for field in data.INPUTS}
    predict = request_of("POST", "/predict", json.dumps(record).encode())
    measured: dict[str, list[Mapping[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as server:
        wait_for(server.url, {"window": "june_2011"})
        for number in range(ROUNDS + 1):
            for state in ("idle", "queue full"):
                if state == "idle":
                    drain(server.url)
                stop = threading.Event()
                refused = [0]
                filler = threading.Thread(target=keep_full, args=(server.url, stop, refused))
                if state == "queue full":
                    filler.start()
                    time.sleep(2)
                latencies = asyncio.run(clients(server.port, predict))
                stop.set()
                if state == "queue full":
                    filler.join()
                    assert refused[0] > 0, "the queue was never full"
                if number > 0:
                    p50, p99 = (1000 * percentile(latencies, share) for share in (0.5, 0.99))
                    measured.setdefault(state, []).append({"p50_ms": p50, "p99_ms": p99})
        drain(server.url)
    result = {state: medians(rounds) for state, rounds in measured.items()}
    limit = max(1.5 * result["idle"]["p99_ms"], result["idle"]["p99_ms"] + 5)
    rows = [[state, found["p50_ms"], found["p99_ms"], limit] for state, found in result.items()]
    print(f"/predict at 100 requests/s, medians of {ROUNDS} alternating rounds")
    print(table(rows, ["state", "p50 ms", "p99 ms", "target p99 ms"]), "\n")
    return result


def large_log() -> dict[str, Any]:
    """Seconds of an evaluation of one week of a year of a million rows; ms of a page."""
    rows: list[list[object]] = []
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "data")
        with served(folder) as server:
            wait_for(server.url, {"window": "june_2011"})
            for clock in ("arrival", "event"):
                taken = []
                for number in range(5):
                    start = time.gmtime(START + number * 5 * WEEK)
                    end = time.gmtime(START + number * 5 * WEEK + WEEK)
                    interval = {
                        "start": time.strftime("%Y-%m-%dT%H:%M:%SZ", start),
                        "end": time.strftime("%Y-%m-%dT%H:%M:%SZ", end),
                    }
                    began = time.perf_counter()
                    status = wait_for(server.url, {"interval": interval, "by": clock})
                    taken.append(time.perf_counter() - began)
                    current = status["result"]["rows"]["current"]
                taken.sort()
                found[f"week by {clock}"] = {"seconds": taken[2], "worst": taken[-1]}
                rows.append([f"evaluation of a week by {clock}, {current:,} rows", taken[2], "s"])
            for query in ("", "?offset=5000", "?state=succeeded&tag=a", "?text=name+77"):
                times = []
                for _ in range(PAGES):
                    began = time.perf_counter()
                    answer = requests.get(f"{server.url}/evaluations{query}", timeout=30)
                    times.append(1000 * (time.perf_counter() - began))
                    assert answer.status_code == 200
                p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
                found[f"page{query}"] = {"p50_ms": p50, "p99_ms": p99}
                rows.append([f"GET /evaluations{query}, of {EVALUATIONS:,}", p50, "ms, median"])
                rows.append(["", p99, "ms, p99"])
    print(f"A log of {LOG_ROWS:,} predictions over a year, SQLite; median of 5 weeks")
    print(table(rows, ["what", "took", ""]), "\n")
    return found


def fill(folder: Path) -> None:
    """A year of predictions, half of them with truth, and a history of evaluations."""
    training.load_or_train(folder)
    model = load(folder)
    engine = engine_for(f"sqlite:///{folder / 'bike-sharing.db'}", "process")
    upgrade(engine, log_layout(model))
    hours = data.hours()
    hours = hours.assign(prediction=model.predict_many(hours))
    columns = ["prediction_id", "model_version", "received_at", "event_at"]
    columns += [field.name for field in model.inputs] + ["prediction", "truth", "truth_at"]
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT INTO {log_table(model).name} ({', '.join(columns)}) VALUES ({marks})"
    values = list(
        hours[[*(field.name for field in model.inputs), "prediction", "cnt"]].itertuples(
            index=False, name=None
        )
    )

    def log_rows() -> Iterator[tuple[Any, ...]]:
        for number in range(LOG_ROWS):
            moment = START + number * YEAR / LOG_ROWS
            *inputs, truth = values[number % len(values)]
            known = number % 2 == 0
            yield (
                uuid.uuid4().hex, model.version, moment, moment - 60, *inputs,
                float(truth) if known else None, moment + 3600 if known else None,
            )  # fmt: skip

    raw: Any = engine.raw_connection()
    raw.cursor().executemany(insert, log_rows())
    raw.commit()
    raw.close()
    EvaluationStore(engine, folder / "reports" / model.name)
    history = [
        {
            "id": f"old{number:06}", "model": model.name, "model_version": "1",
            "name": f"name {number}", "source": "posted rows", "state": "succeeded",
            "publish": False, "synthetic": False, "created_at": START + number,
            "finished_at": START + number + 1, "started_at": START + number, "attempts": 1,
            "document": "x" * 30_000,
        }
        for number in range(EVALUATIONS)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(evaluations.insert(), history)
        connection.execute(
            sa.text(
                "INSERT INTO evaluation_tags SELECT id, 'a' FROM evaluations WHERE id LIKE '%7'"
            )
        )
    engine.dispose()


@contextmanager
def served(folder: Path) -> Iterator[servers.Server]:
    training.load_or_train(folder / "data")
    port = servers.free_port()
    command = [sys.executable, "-m", "model_service", "bike-sharing", "--port", str(port)]
    settings = {"BELVEDERE_DATA_DIR": f"{folder}/data", "BELVEDERE_API_TOKEN": ""}
    with servers.started(command, port, "/ready", folder / "log", settings) as server:
        yield server


def wait_for(url: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Start an evaluation and poll it to its end."""
    answer = requests.post(f"{url}/evaluations", json=asked, timeout=60)
    assert answer.status_code == 202, answer.text
    while True:
        status: dict[str, Any] = requests.get(url + answer.json()["url"], timeout=60).json()
        if status["state"] not in ("queued", "running"):
            assert status["state"] == "succeeded", status["error"]
            return status
        time.sleep(0.02)


def keep_full(url: str, stop: threading.Event, refused: list[int]) -> None:
    while not stop.is_set():
        answer = requests.post(f"{url}/evaluations", json={"window": "june_2011"}, timeout=60)
        if answer.status_code == 429:
            refused[0] += 1
            stop.wait(0.2)


def drain(url: str) -> None:
    """Cancel what waits, and wait for what runs."""
    for state in ("queued", "running"):
        while True:
            page = requests.get(f"{url}/evaluations?limit=500&state={state}", timeout=60).json()
            if not page["evaluations"]:
                break
            for each in page["evaluations"] if state == "queued" else []:
                requests.delete(f"{url}/evaluations/{each['evaluation_id']}", timeout=60)
            time.sleep(0.1)
