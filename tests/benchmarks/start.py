"""How long training, a cached load and the start of the service take; what a commit costs."""

import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from model_service.models import load
from model_service.models.bike_sharing import training
from model_service.predictions.tables import engine_for, log_table
from tests import servers
from tests.benchmarks.arithmetic import table

COMMITS = 500


def run() -> dict[str, Any]:
    """Seconds, and microseconds a commit of one row at each durability level."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        found["train and convert, s"] = _timed(lambda: training.load_or_train(folder))
        found["cached load, s"] = _timed(lambda: load("bike-sharing", folder))
        port = servers.free_port()
        command = [sys.executable, "-m", "model_service", "bike-sharing", "--port", str(port)]
        settings = {"BELVEDERE_DATA_DIR": str(folder), "BELVEDERE_API_TOKEN": ""}
        started = time.perf_counter()
        with servers.started(command, port, "/ready", Path(name) / "log", settings):
            found["service ready, s"] = time.perf_counter() - started
        for durability in ("process", "power"):
            found[f"commit, {durability}, µs"] = 1e6 * _commit(folder, durability)
    print(table([[key, value] for key, value in found.items()], ["what", "took"]), "\n")
    return found


def _timed(action: Any) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _commit(folder: Path, durability: str) -> float:
    """Seconds that a transaction of one prediction takes."""
    import datetime

    model = load("bike-sharing", folder)
    engine = engine_for(f"sqlite:///{folder}/{durability}.db", durability)
    table_ = log_table(model)
    table_.metadata.create_all(engine)
    row = {field.name: field.example for field in model.inputs}
    row |= {"dteday": datetime.date(2011, 1, 1), "model_version": "v", "prediction": 1.0}
    row |= {"received_at": 1.0, "truth": None, "truth_at": None}
    started = time.perf_counter()
    for _ in range(COMMITS):
        with engine.begin() as connection:
            connection.execute(table_.insert(), [{**row, "prediction_id": uuid.uuid4().hex}])
    took = time.perf_counter() - started
    engine.dispose()
    return took / COMMITS
