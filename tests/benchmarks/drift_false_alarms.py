"""How often equal distributions are called drifted: ours beside Evidently's default tests."""

import time
from typing import Any

import numpy as np

from tests.benchmarks.drift_samples import SHARE, evidently, ours, sample

CELLS = [(688, 165), (1000, 235), (1001, 235), (5000, 100), (5000, 1000), (100_000, 10_000)]
SEEDS = 200
MAX_IN_A_CELL, MAX_POOLED = 20, 0.07


def run(seeds: int = SEEDS) -> dict[str, Any]:
    """Data sets called drift, of `seeds` each; raises AssertionError past what we promise."""
    print("| rows | ours: drift | ours: seconds | Evidently: drift | Evidently: columns flagged |")
    print("|---|---|---|---|---|")
    cells = {}
    for rows in CELLS:
        alarms = theirs = flagged = 0
        seconds = 0.0
        for seed in range(seeds):
            random = np.random.default_rng([seed, *rows])
            reference, current = (sample(random, count) for count in rows)
            started = time.process_time()
            alarms += ours(reference, current)
            seconds += time.process_time() - started
            flags = sum(bool(ratio >= 1) for ratio, _ in evidently(reference, current))
            flagged += flags
            theirs += flags >= SHARE * len(reference)
        print(
            f"| {rows[0]:,} / {rows[1]:,} | {alarms} of {seeds} | {seconds / seeds:.2f} "
            f"| {theirs} of {seeds} | {flagged / seeds:.1f} of 10 |",
            flush=True,
        )
        cells[f"{rows[0]}/{rows[1]}"] = {"ours": alarms, "evidently": theirs}
    pooled = sum(cell["ours"] for cell in cells.values()) / (len(CELLS) * seeds)
    print(f"\nPooled: {pooled:.1%} at a nominal 5 percent.")
    if seeds >= SEEDS:
        assert max(cell["ours"] for cell in cells.values()) <= MAX_IN_A_CELL * seeds / SEEDS
        assert pooled <= MAX_POOLED
    return {"cells": cells, "pooled": pooled, "seeds": seeds}


if __name__ == "__main__":
    run()
