"""How often equal distributions are called drifted: ours beside Evidently's default tests.

python -m tests.benchmarks.drift_false_alarms [--seeds 200] [--without-evidently]
"""

import argparse
import time
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.binning import Binned, bin_labels, bin_numbers
from evaluation.columns import Coded
from evaluation.drift import Rule, judge

CELLS = [(688, 165), (1000, 235), (1001, 235), (5000, 100), (5000, 1000), (100_000, 10_000)]
SHARE = 0.5  # Evidently's default share of drifted columns

Column = npt.NDArray[Any]


def sample(random: np.random.Generator, rows: int) -> dict[str, Column]:
    """Ten columns of several shapes: seven of numbers, three of labels; keys name the kind."""
    labels = {
        "even": random.choice(list("abcd"), rows),
        "skewed": random.choice(list("abcde"), rows, p=[0.6, 0.2, 0.1, 0.07, 0.03]),
        "many": random.integers(0, 24, rows).astype(str),
    }
    return {
        "normal": random.normal(size=rows),
        "lognormal": random.lognormal(size=rows),
        "uniform": random.uniform(size=rows),
        "heavy tails": random.standard_t(3, size=rows),
        "two humps": random.normal(size=rows) + 4.0 * random.integers(0, 2, rows),
        "counts": random.poisson(5, rows).astype(np.float64),
        "mostly zero": random.exponential(size=rows) * (random.uniform(size=rows) < 0.3),
        **{name: values.astype(object) for name, values in labels.items()},
    }


def binned(reference: dict[str, Column], current: dict[str, Column]) -> list[Binned]:
    columns = []
    for name in reference:
        first, second = reference[name], current[name]
        columns.append(
            bin_labels(name, Coded.of(first).summary(), Coded.of(second).summary())
            if first.dtype == object
            else bin_numbers(name, first, second)
        )
    return columns


def evidentlys_flags(reference: dict[str, Column], current: dict[str, Column]) -> int:
    """Columns that Evidently's default tests flag; the tests are called without a report."""
    with warnings.catch_warnings(action="ignore"):
        from evidently.core.datasets import ColumnType
        from evidently.legacy.calculations.stattests import get_stattest

        flags = 0
        for name in reference:
            first, second = pd.Series(reference[name]), pd.Series(current[name])
            kind = (
                ColumnType.Categorical if reference[name].dtype == object else ColumnType.Numerical
            )
            found = get_stattest(first, second, kind.value, None)(first, second, kind, None)
            flags += bool(found.drifted)
    return flags


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--without-evidently", action="store_true")
    arguments = parser.parse_args()
    print("| rows | ours: drift | ours: seconds | Evidently: drift | Evidently: columns flagged |")
    print("|---|---|---|---|---|")
    pooled = 0
    for rows in CELLS:
        alarms = theirs = flagged = 0
        seconds = 0.0
        for seed in range(arguments.seeds):
            random = np.random.default_rng([seed, *rows])
            reference, current = (sample(random, count) for count in rows)
            started = time.process_time()
            alarms += judge(binned(reference, current), Rule()).verdict == "drift"
            seconds += time.process_time() - started
            if not arguments.without_evidently:
                flags = evidentlys_flags(reference, current)
                flagged += flags
                theirs += flags >= SHARE * len(reference)
        pooled += alarms
        print(
            f"| {rows[0]:,} / {rows[1]:,} | {alarms} of {arguments.seeds} "
            f"| {seconds / arguments.seeds:.2f} | {theirs} of {arguments.seeds} "
            f"| {flagged / arguments.seeds:.1f} of 10 |",
            flush=True,
        )
    print(f"\nPooled: {pooled / (len(CELLS) * arguments.seeds):.1%} at a nominal 5 percent.")


if __name__ == "__main__":
    main()
