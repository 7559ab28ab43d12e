"""The responses of Prometheus's HTTP API, and the series in them. Pure."""

from dataclasses import dataclass

import msgspec
import numpy as np

from console.errors import ConsoleError
from console.series import Series

# the metadata of a histogram or counter is stored under its name without these
SUFFIXES = ("_bucket", "_count", "_sum", "_total", "_created", "_info")


class ApiResponse(msgspec.Struct):
    """The envelope of every response."""

    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""


class QueryData(msgspec.Struct):
    """The data of a query's response; `resultType` says how to decode the result."""

    resultType: str
    result: msgspec.Raw


class SeriesSamples(msgspec.Struct):
    """One series: a `value` for an instant query, `values` for a range query."""

    metric: dict[str, str] = {}
    value: tuple[float, str] | None = None
    values: list[tuple[float, str]] = []


@dataclass(frozen=True)
class Metric:
    """A metric with the type and help text that its service exposes."""

    name: str
    type: str
    help: str


class ActiveAlert(msgspec.Struct):
    """A pending or firing alert of a rule."""

    labels: dict[str, str]
    state: str
    activeAt: str = ""
    value: str = "NaN"
    annotations: dict[str, str] = {}


class Rule(msgspec.Struct):
    """An alerting rule; `duration` is its `for` in seconds."""

    name: str
    query: str
    group: str = ""
    duration: float = 0.0
    state: str = "unknown"
    health: str = "unknown"
    lastError: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    alerts: list[ActiveAlert] = []


class RuleGroup(msgspec.Struct):
    """A group of rules by its name."""

    name: str
    rules: list[Rule]


class RuleGroups(msgspec.Struct):
    """The data of /api/v1/rules."""

    groups: list[RuleGroup]


class Target(msgspec.Struct):
    """A scrape target and the outcome of its last scrape."""

    labels: dict[str, str]
    scrapeUrl: str
    health: str
    lastError: str = ""
    lastScrape: str = ""
    lastScrapeDuration: float = 0.0
    scrapeInterval: str = ""


class ActiveTargets(msgspec.Struct):
    """The data of /api/v1/targets."""

    activeTargets: list[Target]


def decode_series(data: QueryData) -> list[Series]:
    """Decode the vector, matrix or scalar of a query. Raises ConsoleError for a string."""
    if data.resultType in ("scalar", "string"):
        moment, text = msgspec.json.decode(data.result, type=tuple[float, str])
        try:
            value = float(text)
        except ValueError as error:
            raise ConsoleError(
                f"The query returns the text {text!r}. Write a query that returns numbers."
            ) from error
        return [Series({}, np.array([moment]), np.array([value]))]
    series = []
    for item in msgspec.json.decode(data.result, type=list[SeriesSamples]):
        samples = [item.value] if item.value is not None else item.values
        times = np.fromiter((sample[0] for sample in samples), np.float64, len(samples))
        values = np.fromiter((float(sample[1]) for sample in samples), np.float64, len(samples))
        series.append(Series(item.metric, times, values))
    return series


def describe_metric(name: str, metadata: dict[str, list[dict[str, str]]]) -> Metric:
    """Return the metric with its type and help; both are empty if the metadata has no entry."""
    bases = [name, *(name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix))]
    for base in bases:
        entries = metadata.get(base)
        if entries:
            return Metric(name, entries[0]["type"], entries[0]["help"])
    return Metric(name, "", "")
