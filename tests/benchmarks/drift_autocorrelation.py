"""False alarms on rows that follow each other in time, with and without blocks of time."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from evaluation import Schema, evaluate
from model_service.models.bike_sharing.data import SCHEMA, hours

SEEDS = 200
PHI = 0.9
ROWS = [(688, 165), (2000, 500), (20_000, 5000)]
FEATURES = 5


def run(seeds: int = SEEDS) -> dict[str, Any]:
    """Data sets called drift; raises AssertionError when blocks do not at least halve them."""
    print("| data | rows permuted | blocks of time permuted |")
    print("|---|---|---|")
    found = {f"AR(1), phi {PHI}, {a:,} / {b:,}": _series((a, b), seeds) for a, b in ROWS}
    found["bike weeks against the rest of their month"] = _bike()
    for name, (rows, blocks, total) in found.items():
        print(f"| {name} | {rows} of {total} | {blocks} of {total} |", flush=True)
        assert blocks <= rows / 2
    return {
        name: dict(zip(("rows", "blocks", "of"), counts, strict=True))
        for name, counts in found.items()
    }


def _series(rows: tuple[int, int], seeds: int) -> tuple[int, int, int]:
    names = [f"x{i}" for i in range(FEATURES)]
    schemas = [Schema(numerical=tuple(names), time=time) for time in (None, "time")]
    alarms = [0, 0]
    for seed in range(seeds):
        random = np.random.default_rng([seed, *rows])
        sides = [
            pd.DataFrame({name: autoregressive(random, count) for name in names}).assign(
                time=np.arange(count)
            )
            for count in rows
        ]
        for place, schema in enumerate(schemas):
            made = evaluate(sides[0], sides[1], schema, evidently=False)
            alarms[place] += made.verdict == "drift"
    return alarms[0], alarms[1], seeds


def autoregressive(
    random: np.random.Generator, rows: int
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """x[t] = 0.9 x[t-1] + noise, from its stationary law."""
    from scipy.signal import lfilter

    noise = random.normal(size=rows + 200)
    return np.asarray(lfilter([1.0], [1.0, -PHI], noise)[200:])


def _bike() -> tuple[int, int, int]:
    """Each whole week of 2011 and 2012 against the other weeks of its month."""
    schemas = [
        Schema(
            numerical=SCHEMA.numerical, categorical=SCHEMA.categorical, calendar=SCHEMA.calendar,
            time=time,
        )
        for time in (None, "dteday")
    ]  # fmt: skip
    alarms, total = [0, 0], 0
    frame = hours()
    months = frame["dteday"].str.slice(0, 7)
    for month in months.unique():
        rows = frame[months == month].reset_index(drop=True)
        first = date.fromisoformat(f"{month}-01")
        for week in range(4):
            start, end = (str(first + timedelta(days=7 * week + days)) for days in (0, 6))
            inside = (rows["dteday"] >= start) & (rows["dteday"] <= end)
            total += 1
            for place, schema in enumerate(schemas):
                made = evaluate(rows[~inside], rows[inside], schema, evidently=False)
                alarms[place] += made.verdict == "drift"
    return alarms[0], alarms[1], total


if __name__ == "__main__":
    run()
