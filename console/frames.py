"""Series of Prometheus as arrays and frames. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

POINTS = 400
MOST_POINTS = 11_000
SHORTEST_STEP_SECONDS = 5


@dataclass(frozen=True)
class Series:
    """One series: its labels, times (n,) in epoch seconds and values (n,)."""

    labels: Mapping[str, str]
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
    def window(self) -> str:
        """The range of a rate that leaves no gap between steps and holds some scrapes."""
        return f"{max(60, 4 * SHORTEST_STEP_SECONDS, self.step)}s"


def span(end: float, seconds: float) -> Span:
    """The span that ends at `end`; times stand on the computed step, so that caches hit."""
    step = max(SHORTEST_STEP_SECONDS, math.ceil(seconds / POINTS))
    step = max(step, math.ceil(seconds / MOST_POINTS))
    last = math.floor(end / step) * step
    return Span(last - seconds, last, step)


def single(found: Sequence[Series]) -> float:
    """The value of an instant query that gives one series; NaN where it gives none."""
    return found[0].last if found else math.nan


def table(found: Iterable[Series]) -> pd.DataFrame:
    """One row a series: its labels and its newest value."""
    rows = [{**series.labels, "value": series.last} for series in found]
    return pd.DataFrame(rows)


def long(found: Iterable[Series]) -> pd.DataFrame:
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


def without_gaps(series: Series) -> list[float]:
    """The finite values, for a sparkline."""
    return [float(value) for value in series.values[np.isfinite(series.values)]]
