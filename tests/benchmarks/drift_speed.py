"""Full verdicts side by side: ours in memory and on Parquet, Evidently's preset, NannyML."""

import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from evaluation import Schema, evaluate
from tests.benchmarks.environments import FOLDER, environment

ROWS = 1_000_000
TABLE_ROWS = (10_000, 100_000, 1_000_000, 10_000_000)
MAX_MEMORY_MIB = 1024
AT_LEAST_FASTER = 50
SCHEMA = Schema(
    numerical=("n0", "n1", "n2", "n3", "n4", "lognormal", "hour"), categorical=("a", "b", "c", "d")
)
NANNYML = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import nannyml, pandas as pd
reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
categorical = json.loads(sys.argv[3])
methods = dict(continuous_methods=["kolmogorov_smirnov"], categorical_methods=["chi2"])
best = 1e9
for _ in range(3):
    started = time.process_time()
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=list(reference), treat_as_categorical=categorical, chunk_number=1, **methods
    )
    calculator.fit(reference).calculate(current)
    best = min(best, time.process_time() - started)
print(json.dumps(best))
"""


def frame(rows: int, seed: int, shift: float = 0.0) -> pd.DataFrame:
    """Seven columns of numbers and four of categories."""
    random = np.random.default_rng(seed)
    columns: dict[str, Any] = {f"n{i}": random.normal(shift, 1, rows) for i in range(5)}
    columns["lognormal"] = random.lognormal(size=rows)
    columns["hour"] = random.integers(0, 24, rows).astype(float)
    for name, labels in zip("abcd", (2, 4, 7, 12), strict=True):
        columns[name] = random.integers(0, labels, rows)
    return pd.DataFrame(columns)


def run() -> dict[str, Any]:
    """CPU seconds, their ratios and peak memory; raises AssertionError below what we promise."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    reference, current = frame(ROWS, 0), frame(ROWS, 1, 0.02)
    ours = min(
        _cpu(lambda: evaluate(reference, current, SCHEMA, evidently=False)) for _ in range(3)
    )
    evidently = _cpu(lambda: _evidently(reference, current))
    nannyml = _nannyml(reference, current)
    print(
        f"1M x 11 against 1M, CPU seconds: ours {ours:.2f}, Evidently {evidently:.1f}, "
        f"NannyML {nannyml:.2f}"
    )
    print(
        f"ours is {evidently / ours:.0f} times as fast as Evidently, "
        f"{nannyml / ours:.1f} times as NannyML"
    )
    error = _largest_error(reference, current)
    print(f"largest difference to the exact Kolmogorov-Smirnov distance: {error:.5f}")
    table = _tables()
    assert evidently / ours >= AT_LEAST_FASTER
    assert ours <= nannyml
    return {
        "ours": ours,
        "evidently": evidently,
        "nannyml": nannyml,
        "error": error,
        "tables": table,
    }


def _cpu(call: Callable[[], Any]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def _evidently(reference: pd.DataFrame, current: pd.DataFrame) -> None:
    with warnings.catch_warnings(action="ignore"):
        from evidently import DataDefinition, Dataset, Report
        from evidently.presets import DataDriftPreset

        definition = DataDefinition(
            numerical_columns=list(SCHEMA.numerical), categorical_columns=list(SCHEMA.categorical)
        )
        both = [
            Dataset.from_pandas(side, data_definition=definition) for side in (current, reference)
        ]
        Report([DataDriftPreset()]).run(*both).dict()


def _nannyml(reference: pd.DataFrame, current: pd.DataFrame) -> float:
    paths = [FOLDER / "reference.parquet", FOLDER / "current.parquet"]
    for path, side in zip(paths, (reference, current), strict=True):
        side.to_parquet(path)
    done = subprocess.run(
        [
            environment("nannyml") / "python", "-c", NANNYML, *map(str, paths),
            json.dumps(list(SCHEMA.categorical)),
        ],
        check=True, capture_output=True, text=True, env={"NML_DISABLE_USAGE_LOGGING": "1"},
    )  # fmt: skip
    return float(done.stdout.splitlines()[-1])


def _largest_error(reference: pd.DataFrame, current: pd.DataFrame) -> float:
    made = evaluate(reference, current, SCHEMA, evidently=False)
    exact = {c: stats.ks_2samp(reference[c], current[c]).statistic for c in SCHEMA.numerical}
    scores = {feature.name: feature.score or 0.0 for feature in made.features}
    return max(abs(scores[name] - float(value)) for name, value in exact.items())


def _tables() -> list[dict[str, float]]:
    """Parquet against Parquet in a process of its own: seconds and peak memory by rows."""
    print("| rows | CPU seconds | microseconds a row | peak MiB |")
    print("|---|---|---|---|")
    found = []
    for rows in TABLE_ROWS:
        paths = [FOLDER / f"{side}-{rows}.parquet" for side in ("reference", "current")]
        for seed, path in enumerate(paths):
            if not path.exists():
                _write(path, rows, seed)
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.drift_speed", *map(str, paths)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        seconds, peak = json.loads(done.stdout.splitlines()[-1])
        print(f"| {rows:,} | {seconds:.2f} | {1e6 * seconds / rows:.2f} | {peak:.0f} |", flush=True)
        found.append({"rows": rows, "cpu_seconds": seconds, "peak_mib": peak})
        assert peak < MAX_MEMORY_MIB
    return found


def _write(path: Path, rows: int, seed: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for start in range(0, rows, 1_000_000):
        part = pa.Table.from_pandas(frame(min(1_000_000, rows - start), seed * 1000 + start))
        writer = writer or pq.ParquetWriter(path, part.schema)
        writer.write_table(part)
    if writer is not None:
        writer.close()


def _one(reference: str, current: str) -> None:
    from evaluation.large_tables.evaluate import evaluate_tables

    # imports and the connection are the same for every size
    started = time.process_time()
    evaluate_tables(reference, current, SCHEMA)
    seconds = time.process_time() - started
    print(json.dumps([seconds, _peak_mib()]))


def _peak_mib() -> float:
    """Peak resident memory of this program alone: getrusage would count what started it."""
    status = Path("/proc/self/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _one(*sys.argv[1:])
    else:
        run()
