"""Queries Prometheus over HTTP: prometheus-api-client's session, our timeouts and errors."""

from typing import Any, TypeVar

import msgspec
import requests
from prometheus_api_client import PrometheusConnect
from requests.adapters import HTTPAdapter

from console.adapters.auth import AuthSettings
from console.adapters.prometheus_responses import (
    ActiveTargets,
    ApiResponse,
    Metric,
    QueryData,
    Rule,
    RuleGroups,
    Target,
    decode_series,
    describe_metric,
)
from console.errors import QueryRejected, SourceFailed, SourceTimedOut, SourceUnreachable
from console.mapping.metric_families import Family, group_families
from console.series import Series, Span
from promql.selectors import escaped, selector

T = TypeVar("T")
NAME, SETTING = "Prometheus", "BELVEDERE_PROMETHEUS_URL"
CONNECTIONS = 16
MAX_LETTERS = 200
# Prometheus stops at its own limit; a little more time lets its error message arrive
EXTRA_SECONDS = 1
QUERY_PATHS = ("/api/v1/query", "/api/v1/query_range")


class _Connection(PrometheusConnect):  # type: ignore[misc]
    """Opens prometheus-api-client's session to raw responses, so that they are decoded once."""

    def fetch(self, path: str, params: dict[str, Any], timeout: float) -> requests.Response:
        response: requests.Response = self._session.get(
            f"{self.url}{path}",
            params=params,
            timeout=timeout,
        )
        return response


class Prometheus:
    """A client for one Prometheus. Thread-safe.

    Every method raises SourceError or QueryRejected, and returns within the timeout.
    """

    def __init__(self, url: str, timeout_seconds: float, auth: AuthSettings | None = None) -> None:
        session = (auth or AuthSettings()).build_session()
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._connection = _Connection(url=self.url, session=session, timeout=timeout_seconds)
        # replaces the library's adapter: its retries would only delay the error of an outage
        session.mount(self.url, HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0))

    def instant(self, query: str, at: float | None = None) -> list[Series]:
        """Run an instant query now, or at a time in epoch seconds; return one sample a series."""
        params: dict[str, Any] = {"query": query, "timeout": f"{round(1000 * self._timeout)}ms"}
        if at is not None:
            params["time"] = at
        return decode_series(self._get("/api/v1/query", params, query))

    def range(self, query: str, span: Span) -> list[Series]:
        """Run a range query over a span; return at most 11,000 samples a series."""
        params = {
            "query": query,
            "start": span.start,
            "end": span.end,
            "step": span.step,
            "timeout": f"{round(1000 * self._timeout)}ms",
        }
        return decode_series(self._get("/api/v1/query_range", params, query))

    def metrics(self) -> list[Metric]:
        """Return every metric that has a series, with type and help if Prometheus has them."""
        names: list[str] = self._get("/api/v1/label/__name__/values", {}, "metric names")
        metadata = self._get("/api/v1/metadata", {}, "metadata")
        return [describe_metric(name, metadata) for name in names]

    def jobs(self) -> list[str]:
        """Return every job that has a series."""
        jobs: list[str] = self._get("/api/v1/label/job/values", {}, "jobs")
        return jobs

    def metric_names(self, job: str) -> list[str]:
        """Return the names of the metrics that a job exposes."""
        params = {"match[]": f'{{job="{escaped(job)}"}}'}
        names: list[str] = self._get("/api/v1/label/__name__/values", params, f"metrics of {job}")
        return names

    def rules(self) -> list[Rule]:
        """Return every alerting rule with its group and its alerts."""
        data = self._get("/api/v1/rules", {"type": "alert"}, "rules")
        return [
            msgspec.structs.replace(rule, group=group.name)
            for group in self._convert(data, RuleGroups, "rules").groups
            for rule in group.rules
        ]

    def targets(self) -> list[Target]:
        """Return every active target with the error of its last scrape."""
        data = self._get("/api/v1/targets", {"state": "active"}, "targets")
        return self._convert(data, ActiveTargets, "targets").activeTargets

    def server_info(self) -> dict[str, Any]:
        """Return version, start time, retention and state of the server."""
        build = self._get("/api/v1/status/buildinfo", {}, "buildinfo")
        return {**build, **self._get("/api/v1/status/runtimeinfo", {}, "runtimeinfo")}

    def families(self, job: str) -> list[Family]:
        """Return the metric families that a job exposes now, with types from its targets."""
        matcher = "{" + selector({"job": job}) + "}"
        series: list[dict[str, str]] = self._get("/api/v1/series", {"match[]": matcher}, matcher)
        metadata: list[dict[str, str]] = self._get(
            "/api/v1/targets/metadata", {"match_target": matcher}, f"metadata of {matcher}"
        )
        types = {item["metric"]: (item["type"], item["help"]) for item in metadata}
        return group_families(series, types)

    def _convert(self, data: Any, type_: type[T], request: str) -> T:
        try:
            return msgspec.convert(data, type=type_)
        except msgspec.ValidationError as error:
            raise SourceFailed(NAME, self.url, f"unexpected data ({error})", request) from error

    def _get(self, path: str, params: dict[str, Any], request: str) -> Any:
        """Fetch and decode the data of a path; `request` names it in errors."""
        short = request if len(request) <= MAX_LETTERS else f"{request[:MAX_LETTERS]}..."
        try:
            response = self._connection.fetch(path, params, self._timeout + EXTRA_SECONDS)
        except requests.Timeout as error:
            raise SourceTimedOut(NAME, self.url, self._timeout, short) from error
        except requests.RequestException as error:
            raise SourceUnreachable(NAME, self.url, SETTING) from error
        try:
            body = msgspec.json.decode(response.content, type=ApiResponse)
        except msgspec.MsgspecError as error:
            problem = f"{response.status_code} and no JSON ({response.text[:80]!r})"
            raise SourceFailed(NAME, self.url, problem, short) from error
        if response.status_code in (400, 422):
            raise QueryRejected(request, body.error)
        if body.status != "success":
            problem = f"{response.status_code}: {body.error}"
            raise SourceFailed(NAME, self.url, problem, short)
        return msgspec.json.decode(body.data, type=QueryData if path in QUERY_PATHS else Any)
