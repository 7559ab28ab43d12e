"""The UCI bike-sharing hours: fields, rows, and the weeks and months to evaluate."""

import datetime
import gzip
from functools import cache
from pathlib import Path

import pandas as pd

from evaluation.inputs.schema import Schema, Thresholds
from model_service.models.base import Field, Window

FILE = Path(__file__).parent / "data" / "hour.csv.gz"
TRAINING_START, TRAINING_END = "2011-01-01", "2011-01-31"

INPUTS = (
    Field("temp", "float", "Temperature, (t + 8) / 47, t in degrees Celsius", 0.24, -0.5, 1.5),
    Field("atemp", "float", "Felt temperature, (t + 16) / 66", 0.2879, -0.5, 1.5),
    Field("hum", "float", "Relative humidity, 0 to 1", 0.81, 0, 1),
    Field("windspeed", "float", "Wind speed, km/h / 67", 0.0, 0, 2),
    Field("mnth", "int", "Month", 1, 1, 12),
    Field("hr", "int", "Hour of the day", 0, 0, 23),
    Field("weekday", "int", "Day of the week, 0 is Sunday", 6, 0, 6),
    Field("season", "int", "1 winter to 4 fall, as UCI codes it", 1, 1, 4),
    Field("holiday", "int", "1 on a holiday", 0, 0, 1),
    Field("workingday", "int", "1 on a day that is neither weekend nor holiday", 0, 0, 1),
    Field("weathersit", "int", "1 clear to 4 heavy rain or snow", 1, 1, 4),
    Field("dteday", "date", "The day", "2011-01-01"),
)
TRUTH = Field("cnt", "float", "Bikes rented in that hour", 16, 0, None)

SCHEMA = Schema(
    task="regression",
    numerical=("temp", "atemp", "hum", "windspeed", "mnth", "hr", "weekday"),
    categorical=("season", "holiday", "workingday", "weathersit"),
    calendar=("mnth", "hr", "weekday"),
    target="cnt",
    prediction="prediction",
    time="dteday",
    thresholds=Thresholds(rmse=60.0),
)

FEBRUARY_WEEKS = (
    ("february_week1", "Week 1 of February 2011", "2011-01-29", "2011-02-07"),
    ("february_week2", "Week 2 of February 2011", "2011-02-08", "2011-02-14"),
    ("february_week3", "Week 3 of February 2011", "2011-02-15", "2011-02-21"),
)
DRIFT_KINDS = {
    "summer": "June 2011, which the model of January was not trained on",
    "third_week": "the third week of February 2011",
}


@cache
def hours() -> pd.DataFrame:
    """Return all 17,379 rows in time order; `dteday` is ISO text. Source: see data/README.md."""
    with gzip.open(FILE) as file:
        return pd.read_csv(file, dtype={"dteday": "str"})


def between(start: str, end: str) -> pd.DataFrame:
    """Return the rows of the days from `start` to `end`, both included."""
    frame = hours()
    return frame[(frame["dteday"] >= start) & (frame["dteday"] <= end)].reset_index(drop=True)


def training() -> pd.DataFrame:
    return between(TRAINING_START, TRAINING_END)


@cache
def windows() -> dict[str, Window]:
    """Return the February weeks that clients evaluate, then every month of 2011."""
    result = {}
    periods = list(FEBRUARY_WEEKS)
    for month in range(1, 13):
        start = datetime.date(2011, month, 1)
        next_month = datetime.date(2011 + month // 12, month % 12 + 1, 1)
        end = next_month - datetime.timedelta(days=1)
        title = f"{start:%B} 2011" + (" (training data)" if month == 1 else "")
        periods.append((f"{start:%B}_2011".lower(), title, str(start), str(end)))
    for name, title, begin, last in periods:
        result[name] = Window(
            name,
            title,
            datetime.date.fromisoformat(begin),
            datetime.date.fromisoformat(last),
            len(between(begin, last)),
        )
    return result
