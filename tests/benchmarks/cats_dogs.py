"""Cats and dogs: accuracy on held-out pets, calibration, and the time of one prediction."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from model_service.models.cats_dogs import CatsDogs, data, load
from tests.benchmarks.arithmetic import table

MIN_ACCURACY, MAX_CALIBRATION_ERROR, MAX_P50_MS = 0.97, 0.05, 20
PICTURE_BYTES = 30 * 1024
RUNS, WARM_UP = 200, 10
LOW_CONFIDENCE = 0.7


def run() -> dict[str, Any]:
    """Scores of the pictures out of fold, and times of training, loading and predicting."""
    with tempfile.TemporaryDirectory() as name, one_core():
        folder = Path(name)
        training = _seconds(lambda: load(folder))
        loading = _seconds(lambda: load(folder))
        memory = resident_bytes(folder)
        model = load(folder)
        wall, cpu = _latency(model, picture().read_bytes())
        facts = model.details()
    result = {
        "cross_validated_accuracy": facts["cross_validated_accuracy"],
        "calibration_error": facts["calibration_error"],
        "low_confidence": float((model.reference()["confidence"] < LOW_CONFIDENCE).mean()),
        "training_seconds": training,
        "loading_seconds": loading,
        "p50_ms": float(np.median(wall)),
        "p99_ms": float(np.quantile(wall, 0.99)),
        "p50_cpu_ms": float(np.median(cpu)),
        "resident_mb": memory / 1e6,
    }
    print(f"240 pictures, each predicted by a head fitted on four fifths of the others; {RUNS}")
    print(f"predictions of one picture of {picture().stat().st_size / 1024:.0f} KiB on one core")
    print(table([[name, value] for name, value in result.items()], ["figure", "value"]))
    print(
        f"targets: accuracy at least {MIN_ACCURACY}, calibration error at most "
        f"{MAX_CALIBRATION_ERROR}, p50 at most {MAX_P50_MS} ms\n"
    )
    return result


def picture() -> Path:
    """Return the picture whose size is closest to 30 KiB."""
    paths = [picture.path for picture in data.pictures()]
    return min(paths, key=lambda path: abs(path.stat().st_size - PICTURE_BYTES))


def resident_bytes(folder: Path) -> int:
    """Return the resident memory of a process with the model, after predictions."""
    script = (
        "import os, sys; from pathlib import Path; from model_service.models import load\n"
        "model = load('cats-dogs', Path(sys.argv[1]))\n"
        "for path in list(model.samples().values())[:20]: model.predict_image(path.read_bytes())\n"
        "pages = int(Path('/proc/self/statm').read_text().split()[1])\n"
        "print(pages * os.sysconf('SC_PAGE_SIZE'))"
    )
    command = [sys.executable, "-c", script, str(folder)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _latency(model: CatsDogs, content: bytes) -> tuple[list[float], list[float]]:
    """Return the times of the runs in ms: elapsed, and of the processor."""
    wall, cpu = [], []
    for _ in range(RUNS + WARM_UP):
        cpu_started = time.thread_time()
        wall.append(1000 * _seconds(lambda: model.predict_image(content)))
        cpu.append(1000 * (time.thread_time() - cpu_started))
    return wall[WARM_UP:], cpu[WARM_UP:]


def _seconds(function: Callable[[], Any]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started
