"""Series of Prometheus as arrays and frames. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.report.csv import inert

Labels = Mapping[str, str]
POINTS = 400
# Prometheus refuses a range query with more points a series
MOST_POINTS = 11_000
SHORTEST_STEP_SECONDS = 5


@dataclass(frozen=True)
class Series:
    """One series: its labels, times (n,) in epoch seconds and values (n,)."""

    labels: Labels
    times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]

    @property
    def last(self) -> float:
        """The newest value; NaN where there is none."""
        return float(self.values[-1]) if self.values.size else math.nan

    @property
    def name(self) -> str:
        """The labels as a person reads them."""
        rest = {key: value for key, value in self.labels.items() if key != "__name__"}
        return ", ".join(rest.values()) or self.labels.get("__name__", "value")


@dataclass(frozen=True)
class Span:
    """A stretch of time in epoch seconds with the step of its range queries."""

    start: float
    end: float
    step: int

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def previous(self) -> "Span":
        """The period of the same length that ends where this one starts."""
        return Span(self.start - self.seconds, self.start, self.step)


def span_between(start: float, end: float) -> Span:
    """The span of an absolute choice, both ends on its step."""
    made = span_until(end, max(60.0, end - start))
    return Span(math.floor(start / made.step) * made.step, made.end + made.step, made.step)


def shift(found: Sequence[Series], seconds: float) -> list[Series]:
    """The same series, later by `seconds`: to lie under those of a later period."""
    return [Series(series.labels, series.times + seconds, series.values) for series in found]


def span_until(end: float, seconds: float, points: int = POINTS) -> Span:
    """The span that ends at `end`; times stand on the computed step, so that caches hit."""
    step = max(SHORTEST_STEP_SECONDS, math.ceil(seconds / points))
    last = math.floor(end / step) * step
    return Span(last - seconds, last, step)


def single_value(found: Sequence[Series]) -> float:
    """The value of an instant query that gives one series; NaN where it gives none."""
    return found[0].last if found else math.nan


def latest_values(found: Iterable[Series]) -> pd.DataFrame:
    """One row a series: its labels and its newest value."""
    rows = [{**series.labels, "value": series.last} for series in found]
    return pd.DataFrame(rows)


def samples_frame(found: Iterable[Series]) -> pd.DataFrame:
    """One row a sample: time (UTC), series, value."""
    parts = [
        pd.DataFrame(
            {
                "time": pd.to_datetime(series.times, unit="s", utc=True),
                "series": series.name,
                "value": series.values,
            }
        )
        for series in found
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=["time", "series", "value"])


def to_csv(frame: pd.DataFrame) -> str:
    """The frame as CSV, without formulas for a spreadsheet in its texts."""
    texts = frame.select_dtypes(include=["object", "string"])
    return frame.assign(**{str(name): texts[name].map(inert) for name in texts}).to_csv(index=False)


def insert_gaps(series: Series, step: float) -> Series:
    """A NaN where samples are missing, so that a line breaks there: Prometheus just leaves out."""
    holes = np.flatnonzero(np.diff(series.times) > 1.5 * step)
    if not holes.size:
        return series
    times = np.insert(series.times, holes + 1, series.times[holes] + step)
    return Series(series.labels, times, np.insert(series.values, holes + 1, math.nan))


def finite_values(series: Series) -> list[float]:
    """The finite values, for a sparkline."""
    return [float(value) for value in series.values[np.isfinite(series.values)]]
