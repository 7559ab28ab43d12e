"""Warm /predict: ours with validation, metrics and log, beside bare routes and other tools."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from model_service.models.bike_sharing import data, training
from tests import servers
from tests.benchmarks.arithmetic import medians, table
from tests.benchmarks.environments import FOLDER, HERE, environment
from tests.benchmarks.load import load

ROUNDS, SECONDS, CONNECTIONS = 3, 4, 4
OURS, ONNX, SKLEARN, BENTO, MLFLOW = "ours", "bare ONNX", "bare scikit-learn", "BentoML", "MLflow"


def run() -> dict[str, Any]:
    """Throughput (requests/s) and latency (ms) of each contender, medians of interleaved rounds."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    record = {field.name: field.example for field in data.INPUTS}
    features = [float(record[name]) for name in data.SCHEMA.features]
    with ExitStack() as stack, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        training.load_or_train(folder / "data")
        urls = _start(stack, folder)
        bodies: dict[str, Any] = {
            BENTO: {"features": features},
            MLFLOW: {"inputs": [features]},
        }
        rounds: dict[str, list[Mapping[str, float]]] = {who: [] for who in urls}
        for number in range(ROUNDS + 1):
            for who, url in urls.items():
                body = json.dumps(bodies.get(who, record)).encode()
                measured = load(
                    url, body, "application/json", folder, connections=CONNECTIONS, seconds=SECONDS
                )
                if number > 0:
                    rounds[who].append(measured)
    result = {who: medians(measured) for who, measured in rounds.items()}
    _report(result)
    return {"contenders": result, "ratios": _ratios(result)}


def _start(stack: ExitStack, folder: Path) -> dict[str, str]:
    """Start every contender; the URL that its load goes to."""
    python = sys.executable
    bento, mlflow = environment("bentoml"), environment("mlflow")
    rows = data.training()
    columns = rows[list(data.SCHEMA.features)].to_numpy("float64").tolist()
    (folder / "rows.json").write_text(
        json.dumps({"features": columns, "target": rows["cnt"].tolist()})
    )
    made = [str(mlflow / "python"), str(HERE / "other_tools.py"), str(folder / "rows.json")]
    subprocess.run([*made, str(folder)], check=True, capture_output=True)
    ports = {who: servers.free_port() for who in (OURS, ONNX, SKLEARN, BENTO, MLFLOW)}
    quiet = {"DO_NOT_TRACK": "1", "BENTOML_DO_NOT_TRACK": "True", "BELVEDERE_API_TOKEN": ""}
    bare = [python, "-m", "tests.benchmarks.bare"]
    commands: dict[str, tuple[list[str], str, str, dict[str, str]]] = {
        OURS: (
            [python, "-m", "model_service", "bike-sharing", "--port", str(ports[OURS])],
            "/ready", "/predict", {"BELVEDERE_DATA_DIR": str(folder / "data")},
        ),
        ONNX: ([*bare, "onnx", str(ports[ONNX]), str(folder / "data")], "/docs", "/predict", {}),
        SKLEARN: ([*bare, "sklearn", str(ports[SKLEARN]), "-"], "/docs", "/predict", {}),
        BENTO: (
            [
                str(bento / "bentoml"), "serve", "bento_service:Bikes", "--working-dir", str(HERE),
                "--host", "127.0.0.1", "--port", str(ports[BENTO]),
            ],
            "/readyz", "/predict", {"BENCH_FOREST": str(folder / "forest.skops")},
        ),
        MLFLOW: (
            [
                str(mlflow / "mlflow"), "models", "serve", "-m", str(folder / "mlflow-model"),
                "--env-manager", "local", "-h", "127.0.0.1", "-p", str(ports[MLFLOW]), "-w", "1",
            ],
            "/ping", "/invocations", {"PATH": f"{mlflow}:/usr/bin:/bin"},
        ),
    }  # fmt: skip
    urls = {}
    for who, (command, ready, path, settings) in commands.items():
        server = servers.started(
            command, ports[who], ready, folder / who.replace(" ", "-"), {**quiet, **settings},
            timeout=90,
        )  # fmt: skip
        urls[who] = stack.enter_context(server).url + path
    return urls


def _ratios(result: dict[str, dict[str, float]]) -> dict[str, float]:
    ours = result[OURS]["requests_per_second"]
    return {who: ours / result[who]["requests_per_second"] for who in result}


def _report(result: dict[str, dict[str, float]]) -> None:
    ratios = _ratios(result)
    rows = [
        [who, found["requests_per_second"], found["p50_ms"], found["p99_ms"], ratios[who]]
        for who, found in result.items()
    ]
    print(f"/predict, one row, {CONNECTIONS} connections, medians of {ROUNDS} rounds")
    print(table(rows, ["contender", "requests/s", "p50 ms", "p99 ms", "ours is x times"]))
    print("targets: at least 0.5 of bare ONNX, at least 15 of BentoML and MLflow\n")
