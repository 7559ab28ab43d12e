"""Answers shared by everybody who looks: asked at once, kept while fresh and after an outage."""

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

AT_ONCE = 16
# just under the shortest refresh, so that many who look ask as often as one does
FRESH_SECONDS = 4.9
MOST_FRESH_SECONDS = 60.0
# a source that fails is not asked by everybody at once, and is seen again soon
FAILED_FRESH_SECONDS = 2.0
MOST_SAMPLES_KEPT = 4_000_000


@dataclass(frozen=True)
class QueryRequest:
    """A query over a span, or at a moment (None is now), to a source by its name."""

    text: str
    span: Span | None = None
    at: float | None = None
    source: str = ""

    @property
    def kind(self) -> tuple[object, ...]:
        """The same question whenever it is asked."""
        length = (self.span.seconds, self.span.step) if self.span else (self.at is None,)
        return (self.source, self.text, *length)

    @property
    def max_age_seconds(self) -> float:
        if self.span is None:
            return FRESH_SECONDS if self.at is None else MOST_FRESH_SECONDS
        return min(max(FRESH_SECONDS, self.span.step), MOST_FRESH_SECONDS)


@dataclass(frozen=True)
class QueryResult:
    """The newest series there are, when they came, and why they are not newer.

    `came_at` is 0 when nothing ever came: no series then is "could not ask", not "no data".
    """

    series: list[Series]
    fetched_at: float
    error: ConsoleError | None = None

    @property
    def available(self) -> bool:
        return self.fetched_at > 0


class QueryCache:
    """Thread-safe. `fetch` asks one question and raises ConsoleError."""

    def __init__(
        self, fetch: Callable[[QueryRequest], list[Series]], clock: Callable[[], float] = time.time
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ask")
        self._lock = threading.Lock()
        self._asked: dict[QueryRequest, tuple[Future[QueryResult], float]] = {}
        self._good: OrderedDict[tuple[object, ...], QueryResult] = OrderedDict()
        self._samples = 0

    def submit(self, requests: Iterable[QueryRequest]) -> dict[QueryRequest, "Future[QueryResult]"]:
        """All at once, without waiting; a question that somebody has just asked is not repeated."""
        now = self._clock()
        found: dict[QueryRequest, Future[QueryResult]] = {}
        with self._lock:
            self._forget(now)
            for request in requests:
                known = self._asked.get(request)
                if known is None or not _fresh(request, *known, now):
                    future = self._pool.submit(self._answer, request)
                    known = self._asked[request] = (future, now)
                found[request] = known[0]
        return found

    def get(self, request: QueryRequest) -> QueryResult:
        return self.submit([request])[request].result()

    def _answer(self, request: QueryRequest) -> QueryResult:
        try:
            series = self._fetch(request)
        except ConsoleError as error:
            log.warning("%s", error)
            with self._lock:
                old = self._good.get(request.kind)
            return (
                QueryResult(old.series, old.fetched_at, error)
                if old
                else QueryResult([], 0.0, error)
            )
        result = QueryResult(series, self._clock())
        with self._lock:
            self._keep(request.kind, result)
        return result

    def _keep(self, kind: tuple[object, ...], result: QueryResult) -> None:
        self._drop(self._good.pop(kind, None))
        self._good[kind] = result
        self._samples += _size(result)
        while self._samples > MOST_SAMPLES_KEPT and len(self._good) > 1:
            self._drop(self._good.popitem(last=False)[1])

    def _drop(self, result: QueryResult | None) -> None:
        if result is not None:
            self._samples -= _size(result)

    def _forget(self, now: float) -> None:
        """Spans move on, so that old questions are never asked again."""
        for request, (future, asked) in list(self._asked.items()):
            if future.done() and now - asked > MOST_FRESH_SECONDS:
                del self._asked[request]


def _fresh(request: QueryRequest, future: "Future[QueryResult]", asked: float, now: float) -> bool:
    if not future.done():
        return True
    failed = future.exception() is not None or future.result().error is not None
    return now - asked < (FAILED_FRESH_SECONDS if failed else request.max_age_seconds)


def _size(result: QueryResult) -> int:
    return sum(series.values.size + 20 for series in result.series)
