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
class Question:
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
    def fresh_seconds(self) -> float:
        if self.span is None:
            return FRESH_SECONDS if self.at is None else MOST_FRESH_SECONDS
        return min(max(FRESH_SECONDS, self.span.step), MOST_FRESH_SECONDS)


@dataclass(frozen=True)
class Answer:
    """The newest series there are, when they came, and why they are not newer.

    `came_at` is 0 when nothing ever came: no series then is "could not ask", not "no data".
    """

    series: list[Series]
    came_at: float
    error: ConsoleError | None = None

    @property
    def known(self) -> bool:
        return self.came_at > 0


class SharedAnswers:
    """Thread-safe. `fetch` asks one question and raises ConsoleError."""

    def __init__(
        self, fetch: Callable[[Question], list[Series]], clock: Callable[[], float] = time.time
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ask")
        self._lock = threading.Lock()
        self._asked: dict[Question, tuple[Future[Answer], float]] = {}
        self._good: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._samples = 0

    def ask(self, questions: Iterable[Question]) -> dict[Question, "Future[Answer]"]:
        """All at once, without waiting; a question that somebody has just asked is not repeated."""
        now = self._clock()
        found: dict[Question, Future[Answer]] = {}
        with self._lock:
            self._forget(now)
            for question in questions:
                known = self._asked.get(question)
                if known is None or not _fresh(question, *known, now):
                    future = self._pool.submit(self._answer, question)
                    known = self._asked[question] = (future, now)
                found[question] = known[0]
        return found

    def get(self, question: Question) -> Answer:
        return self.ask([question])[question].result()

    def _answer(self, question: Question) -> Answer:
        try:
            series = self._fetch(question)
        except ConsoleError as error:
            log.warning("%s", error)
            with self._lock:
                old = self._good.get(question.kind)
            return Answer(old.series, old.came_at, error) if old else Answer([], 0.0, error)
        answer = Answer(series, self._clock())
        with self._lock:
            self._keep(question.kind, answer)
        return answer

    def _keep(self, kind: tuple[object, ...], answer: Answer) -> None:
        self._drop(self._good.pop(kind, None))
        self._good[kind] = answer
        self._samples += _size(answer)
        while self._samples > MOST_SAMPLES_KEPT and len(self._good) > 1:
            self._drop(self._good.popitem(last=False)[1])

    def _drop(self, answer: Answer | None) -> None:
        if answer is not None:
            self._samples -= _size(answer)

    def _forget(self, now: float) -> None:
        """Spans move on, so that old questions are never asked again."""
        for question, (future, asked) in list(self._asked.items()):
            if future.done() and now - asked > MOST_FRESH_SECONDS:
                del self._asked[question]


def _fresh(question: Question, future: "Future[Answer]", asked: float, now: float) -> bool:
    if not future.done():
        return True
    failed = future.exception() is not None or future.result().error is not None
    return now - asked < (FAILED_FRESH_SECONDS if failed else question.fresh_seconds)


def _size(answer: Answer) -> int:
    return sum(series.values.size + 20 for series in answer.series)
