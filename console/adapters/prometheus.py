"""Prometheus over HTTP, on prometheus-api-client's connection, with our timeouts and errors."""

from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import numpy as np
import requests
from prometheus_api_client import PrometheusConnect
from requests.adapters import HTTPAdapter

from console.adapters.auth import AuthSettings
from console.errors import (
    ConsoleError,
    QueryRejected,
    SourceFailed,
    SourceTimedOut,
    SourceUnreachable,
)
from console.mapping.metric_families import group_families
from console.mapping.propose import Family
from console.series import Series, Span
from promql.selectors import escaped, selector

T = TypeVar("T")
CONNECTIONS = 16
MOST_SHOWN = 200


class Result(msgspec.Struct):
    """One series as Prometheus writes it."""

    metric: dict[str, str] = {}
    value: tuple[float, str] | None = None
    values: list[tuple[float, str]] = []


class Data(msgspec.Struct):
    """The data of a query's answer; the result is decoded by its type."""

    resultType: str
    result: msgspec.Raw


class Answer(msgspec.Struct):
    """What every path of the HTTP API answers."""

    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""


@dataclass(frozen=True)
class Metric:
    """A metric by name, with the type and help text that its service gives."""

    name: str
    type: str
    help: str


class ActiveAlert(msgspec.Struct):
    """An alert of a rule that is pending or firing."""

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


class Target(msgspec.Struct):
    """What Prometheus scrapes, and how the last scrape went."""

    labels: dict[str, str]
    scrapeUrl: str
    health: str
    lastError: str = ""
    lastScrape: str = ""
    lastScrapeDuration: float = 0.0
    scrapeInterval: str = ""


class _Group(msgspec.Struct):
    name: str
    rules: list[Rule]


class _Groups(msgspec.Struct):
    groups: list[_Group]


class _Targets(msgspec.Struct):
    activeTargets: list[Target]


class _Connection(PrometheusConnect):  # type: ignore[misc]
    """Opens prometheus-api-client's session to raw answers, so that they are decoded once."""

    def fetch(self, path: str, params: dict[str, Any], timeout: float) -> requests.Response:
        response: requests.Response = self._session.get(
            f"{self.url}{path}",
            params=params,
            timeout=timeout,
        )
        return response


class Prometheus:
    """Thread-safe; every call raises SourceError or QueryRejected, and never waits for ever."""

    def __init__(
        self, url: str, timeout_seconds: float, access: AuthSettings | None = None
    ) -> None:
        session = (access or AuthSettings()).session()
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._connection = _Connection(url=self.url, session=session, timeout=timeout_seconds)
        # in place of the library's own: a retry would only make an outage slower to see
        session.mount(self.url, HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0))

    def instant(self, query: str, at: float | None = None) -> list[Series]:
        """Evaluate now, or at a moment in epoch seconds: one sample a series."""
        params: dict[str, Any] = {"query": query, "timeout": f"{round(1000 * self._timeout)}ms"}
        if at is not None:
            params["time"] = at
        return decode(self._get("/api/v1/query", params, query))

    def range(self, query: str, span: Span) -> list[Series]:
        """Evaluate over a span: at most 11,000 samples a series."""
        params = {
            "query": query,
            "start": span.start,
            "end": span.end,
            "step": span.step,
            "timeout": f"{round(1000 * self._timeout)}ms",
        }
        return decode(self._get("/api/v1/query_range", params, query))

    def metrics(self) -> list[Metric]:
        """Every metric name that has a series, with type and help where they are known."""
        names: list[str] = self._get("/api/v1/label/__name__/values", {}, "metric names")
        known = self._get("/api/v1/metadata", {}, "metadata")
        return [_metric(name, known) for name in names]

    def jobs_with(self, metric: str) -> list[str]:
        """The jobs that expose a metric."""
        params = {"match[]": metric}
        found: list[str] = self._get("/api/v1/label/job/values", params, f"jobs of {metric}")
        return found

    def jobs(self) -> list[str]:
        """Every job that has a series."""
        found: list[str] = self._get("/api/v1/label/job/values", {}, "jobs")
        return found

    def metric_names(self, job: str) -> list[str]:
        """The names of the metrics that a job exposes."""
        params = {"match[]": f'{{job="{escaped(job)}"}}'}
        found: list[str] = self._get("/api/v1/label/__name__/values", params, f"metrics of {job}")
        return found

    def rules(self) -> list[Rule]:
        """Every alerting rule as Prometheus holds it, with its alerts."""
        data = self._get("/api/v1/rules", {"type": "alert"}, "rules")
        found = self._as(_Groups, data, "rules")
        return [
            msgspec.structs.replace(rule, group=group.name)
            for group in found.groups
            for rule in group.rules
        ]

    def targets(self) -> list[Target]:
        """Every active target with the error of its last scrape."""
        data = self._get("/api/v1/targets", {"state": "active"}, "targets")
        return self._as(_Targets, data, "targets").activeTargets

    def about(self) -> dict[str, Any]:
        """Version, start, retention and state, as Prometheus tells of itself."""
        build = self._get("/api/v1/status/buildinfo", {}, "buildinfo")
        return {**build, **self._get("/api/v1/status/runtimeinfo", {}, "runtimeinfo")}

    def _as(self, kind: type[T], data: Any, asked: str) -> T:
        try:
            return msgspec.convert(data, type=kind)
        except msgspec.ValidationError as error:
            what = f"something else than expected ({error})"
            raise SourceFailed("Prometheus", self.url, what, asked) from error

    def families(self, job: str) -> list[Family]:
        """What a job exposes now, by family, with types as its targets gave them."""
        matcher = "{" + selector({"job": job}) + "}"
        series: list[dict[str, str]] = self._get("/api/v1/series", {"match[]": matcher}, matcher)
        given: list[dict[str, str]] = self._get(
            "/api/v1/targets/metadata", {"match_target": matcher}, f"metadata of {matcher}"
        )
        types = {item["metric"]: (item["type"], item["help"]) for item in given}
        return group_families(series, types)

    def _get(self, path: str, params: dict[str, Any], asked: str) -> Any:
        shown = asked if len(asked) <= MOST_SHOWN else f"{asked[:MOST_SHOWN]}..."
        try:
            # a little more than Prometheus's own limit, so that its words arrive
            response = self._connection.fetch(path, params, self._timeout + 1)
        except requests.Timeout as error:
            raise SourceTimedOut("Prometheus", self.url, self._timeout, shown) from error
        except requests.RequestException as error:
            setting = "BELVEDERE_PROMETHEUS_URL"
            raise SourceUnreachable("Prometheus", self.url, setting) from error
        try:
            answer = msgspec.json.decode(response.content, type=Answer)
        except msgspec.MsgspecError as error:
            what = f"{response.status_code} and no JSON ({response.text[:80]!r})"
            raise SourceFailed("Prometheus", self.url, what, shown) from error
        if response.status_code in (400, 422):
            raise QueryRejected(asked, answer.error)
        if answer.status != "success":
            what = f"{response.status_code}: {answer.error}"
            raise SourceFailed("Prometheus", self.url, what, shown)
        if path in ("/api/v1/query", "/api/v1/query_range"):
            return msgspec.json.decode(answer.data, type=Data)
        return msgspec.json.decode(answer.data)


def decode(data: Data) -> list[Series]:
    """Series from the data of a query: vectors, matrices and scalars. Raises ConsoleError."""
    if data.resultType in ("scalar", "string"):
        moment, text = msgspec.json.decode(data.result, type=tuple[float, str])
        try:
            value = float(text)
        except ValueError as error:
            raise ConsoleError(f"The query gives the text {text!r}, not numbers.") from error
        return [Series({}, np.array([moment]), np.array([value]))]
    found = []
    for item in msgspec.json.decode(data.result, type=list[Result]):
        samples = [item.value] if item.value is not None else item.values
        times = np.fromiter((sample[0] for sample in samples), np.float64, len(samples))
        values = np.fromiter((float(sample[1]) for sample in samples), np.float64, len(samples))
        found.append(Series(item.metric, times, values))
    return found


def _metric(name: str, known: dict[str, list[dict[str, str]]]) -> Metric:
    """The metadata of a histogram's or counter's series stands under the name of the whole."""
    for suffix in ("", "_bucket", "_count", "_sum", "_total", "_created", "_info"):
        base = name.removesuffix(suffix) if suffix else name
        if base != name or not suffix:
            entries = known.get(base)
            if entries:
                return Metric(name, entries[0]["type"], entries[0]["help"])
    return Metric(name, "", "")
