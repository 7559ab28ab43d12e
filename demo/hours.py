"""The hours of the bike data as a client sends them, read with the standard library."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "model_service/models/bike_sharing/data/hour.csv.gz"
FLOATS = ("temp", "atemp", "hum", "windspeed")
WHOLE = ("mnth", "hr", "weekday", "season", "holiday", "workingday", "weathersit")
TRUTH = "cnt"

Record = dict[str, Any]


def records(start: str, end: str = "9999-12-31") -> Iterator[Record]:
    """Yield records with `cnt` in time order, from the day `start` to the day `end`, inclusive."""
    with gzip.open(FILE, "rt", newline="") as file:
        for row in csv.DictReader(file):
            if start <= row["dteday"] <= end:
                yield (
                    {name: float(row[name]) for name in FLOATS}
                    | {name: int(row[name]) for name in WHOLE}
                    | {"dteday": row["dteday"], TRUTH: int(row[TRUTH])}
                )
