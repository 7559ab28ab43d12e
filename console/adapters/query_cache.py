"""Shares query results between all sessions: runs queries in parallel, caches the results.

A result is reused while it is fresh, and shown as an older one if the source fails.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from console.errors import ConsoleError
from console.series import Series, Span

log = logging.getLogger(__name__)

PARALLEL_QUERIES = 16
# just below the shortest refresh: many sessions then query as often as one
MIN_AGE_SECONDS = 4.9
MAX_AGE_SECONDS = 60.0
# short, so that a source that is back is seen soon; not 0, so that sessions share the failure
FAILED_AGE_SECONDS = 2.0
MAX_SAMPLES = 4_000_000


@dataclass(frozen=True)
class QueryRequest:
    """A query for a source by its name: over a span, or at a time (None is now)."""

    text: str
    span: Span | None = None
    at: float | None = None
    source: str = ""

    @property
    def cache_key(self) -> tuple[object, ...]:
        """The same for the same query at another time: an older result can stand in for it."""
        length = (self.span.seconds, self.span.step) if self.span else (self.at is None,)
        return (self.source, self.text, *length)

    @property
    def max_age_seconds(self) -> float:
        """How long a result is fresh: a step of the span, within the limits above."""
        if self.span is None:
            return MIN_AGE_SECONDS if self.at is None else MAX_AGE_SECONDS
        return min(max(MIN_AGE_SECONDS, self.span.step), MAX_AGE_SECONDS)


@dataclass(frozen=True)
class QueryResult:
    """The newest series of a query, when they were fetched, and the error of the last request.

    `fetched_at` is in epoch seconds, and 0 if no request ever succeeded: then the empty series
    mean "could not query", not "no data".
    """

    series: list[Series]
    fetched_at: float
    error: ConsoleError | None = None

    @property
    def available(self) -> bool:
        return self.fetched_at > 0


class QueryCache:
    """A cache in front of `fetch`, which runs one query and raises ConsoleError. Thread-safe."""

    def __init__(
        self, fetch: Callable[[QueryRequest], list[Series]], clock: Callable[[], float] = time.time
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._pool = ThreadPoolExecutor(PARALLEL_QUERIES, thread_name_prefix="query")
        self._lock = threading.Lock()
        self._submitted: dict[QueryRequest, tuple[Future[QueryResult], float]] = {}
        self._succeeded: OrderedDict[tuple[object, ...], QueryResult] = OrderedDict()
        self._samples = 0

    def submit(self, requests: Iterable[QueryRequest]) -> dict[QueryRequest, "Future[QueryResult]"]:
        """Start all requests without waiting; one that is running or fresh is not repeated."""
        now = self._clock()
        futures: dict[QueryRequest, Future[QueryResult]] = {}
        with self._lock:
            self._remove_old(now)
            for request in requests:
                entry = self._submitted.get(request)
                if entry is None or not _is_fresh(request, *entry, now):
                    entry = (self._pool.submit(self._run, request), now)
                    self._submitted[request] = entry
                futures[request] = entry[0]
        return futures

    def get(self, request: QueryRequest) -> QueryResult:
        """Return the result of one request; waits for it."""
        return self.submit([request])[request].result()

    def _run(self, request: QueryRequest) -> QueryResult:
        try:
            series = self._fetch(request)
        except ConsoleError as error:
            log.warning("%s", error)
            with self._lock:
                older = self._succeeded.get(request.cache_key)
            if older is None:
                return QueryResult([], 0.0, error)
            return QueryResult(older.series, older.fetched_at, error)
        result = QueryResult(series, self._clock())
        with self._lock:
            self._store(request.cache_key, result)
        return result

    def _store(self, key: tuple[object, ...], result: QueryResult) -> None:
        """Store a result; drop the oldest ones while there are too many samples."""
        older = self._succeeded.pop(key, None)
        if older is not None:
            self._samples -= _count_samples(older)
        self._succeeded[key] = result
        self._samples += _count_samples(result)
        while self._samples > MAX_SAMPLES and len(self._succeeded) > 1:
            self._samples -= _count_samples(self._succeeded.popitem(last=False)[1])

    def _remove_old(self, now: float) -> None:
        """Remove requests of the past: spans move on, so they are never repeated."""
        for request, (future, submitted_at) in list(self._submitted.items()):
            if future.done() and now - submitted_at > MAX_AGE_SECONDS:
                del self._submitted[request]


def _is_fresh(
    request: QueryRequest, future: "Future[QueryResult]", submitted_at: float, now: float
) -> bool:
    if not future.done():
        return True
    failed = future.exception() is not None or future.result().error is not None
    return now - submitted_at < (FAILED_AGE_SECONDS if failed else request.max_age_seconds)


def _count_samples(result: QueryResult) -> int:
    # a series without samples takes about as much memory as 20 of them
    return sum(series.values.size + 20 for series in result.series)
