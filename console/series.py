"""Prometheus series and time ranges as arrays and data frames. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.report.csv import inert

Labels = Mapping[str, str]
POINTS = 400
# Prometheus rejects a range query with more points per series
MAX_POINTS = 11_000
SHORTEST_STEP_SECONDS = 5


@dataclass(frozen=True)
class Series:
    """A series: its labels, times (n,) in epoch seconds and values (n,)."""

    labels: Labels
    times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]

    @property
    def last(self) -> float:
        """The newest value; NaN if there is none."""
        return float(self.values[-1]) if self.values.size else math.nan

    @property
    def name(self) -> str:
        """The values of the labels, or the metric name if there are no labels."""
        rest = {key: value for key, value in self.labels.items() if key != "__name__"}
        return ", ".join(rest.values()) or self.labels.get("__name__", "value")


@dataclass(frozen=True)
class Span:
    """A time range in epoch seconds, with the step of its range queries."""

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
    """Return the span of a fixed time range, widened to whole steps."""
    rounded = span_until(end, max(60.0, end - start))
    return Span(
        math.floor(start / rounded.step) * rounded.step, rounded.end + rounded.step, rounded.step
    )


def shift(all_series: Sequence[Series], seconds: float) -> list[Series]:
    """Return the series moved forward by `seconds`, to compare them with a later period."""
    return [Series(series.labels, series.times + seconds, series.values) for series in all_series]


def span_until(end: float, seconds: float, points: int = POINTS) -> Span:
    """Return the span that ends at `end`; its ends are multiples of the step, for cache hits."""
    step = max(SHORTEST_STEP_SECONDS, math.ceil(seconds / points))
    last = math.floor(end / step) * step
    return Span(last - seconds, last, step)


def single_value(all_series: Sequence[Series]) -> float:
    """Return the newest value of the first series; NaN without a series."""
    return all_series[0].last if all_series else math.nan


def latest_values(all_series: Iterable[Series]) -> pd.DataFrame:
    """Build a table with a row per series: its labels and its newest value."""
    rows = [{**series.labels, "value": series.last} for series in all_series]
    return pd.DataFrame(rows)


def samples_frame(all_series: Iterable[Series]) -> pd.DataFrame:
    """Build a table with a row per sample: time (UTC), series, value."""
    parts = [
        pd.DataFrame(
            {
                "time": pd.to_datetime(series.times, unit="s", utc=True),
                "series": series.name,
                "value": series.values,
            }
        )
        for series in all_series
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=["time", "series", "value"])


def to_csv(frame: pd.DataFrame) -> str:
    """Write a frame as CSV, with texts escaped that a spreadsheet would run as formulas."""
    texts = frame.select_dtypes(include=["object", "string"])
    return frame.assign(**{str(name): texts[name].map(inert) for name in texts}).to_csv(index=False)


def insert_gaps(series: Series, step: float) -> Series:
    """Insert a NaN where samples are missing, so that a line breaks there."""
    gaps = np.flatnonzero(np.diff(series.times) > 1.5 * step)
    if not gaps.size:
        return series
    times = np.insert(series.times, gaps + 1, series.times[gaps] + step)
    return Series(series.labels, times, np.insert(series.values, gaps + 1, math.nan))


def finite_values(series: Series) -> list[float]:
    """Return the finite values, for a sparkline."""
    return [float(value) for value in series.values[np.isfinite(series.values)]]
