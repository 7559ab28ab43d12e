"""Answers are asked at once, shared while fresh, and the last ones stay when a source fails."""

import threading
import time

import numpy as np
import pytest

from console.adapters.query_cache import QueryCache, QueryRequest
from console.errors import ConsoleError, SourceUnreachable
from console.series import Series, Span, span_until


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Counts what it is asked, and fails when it is told to."""

    def __init__(self) -> None:
        self.asked: list[QueryRequest] = []
        self.error: ConsoleError | None = None

    def __call__(self, request: QueryRequest) -> list[Series]:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return [Series({}, np.array([1.0]), np.array([float(len(self.asked))]))]


DOWN = SourceUnreachable("Prometheus", "http://x", "X")


def test_a_fresh_request_is_not_repeated() -> None:
    source, clock = Source(), Clock()
    shared = QueryCache(source, clock)
    first = shared.get(QueryRequest("up"))
    clock.now += 3
    assert shared.get(QueryRequest("up")) is first
    clock.now += 2
    assert shared.get(QueryRequest("up")).series[0].last == 2.0
    assert len(source.asked) == 2


def test_the_same_request_at_the_same_time_runs_once() -> None:
    release, calls = threading.Event(), []

    def slow(request: QueryRequest) -> list[Series]:
        calls.append(request)
        assert release.wait(5)
        return []

    shared = QueryCache(slow)
    futures = [shared.submit([QueryRequest("up")])[QueryRequest("up")] for _ in range(20)]
    release.set()
    assert all(future.result(5).available for future in futures)
    assert len(calls) == 1


def test_a_slow_request_does_not_delay_the_others() -> None:
    release = threading.Event()

    def fetch(request: QueryRequest) -> list[Series]:
        if request.text == "slow":
            assert release.wait(5)
        return []

    shared = QueryCache(fetch)
    asked = shared.submit([QueryRequest("slow"), QueryRequest("fast")])
    assert asked[QueryRequest("fast")].result(2).available
    assert not asked[QueryRequest("slow")].done()
    release.set()


def test_if_a_source_fails_older_data_stay_with_their_age_and_the_error() -> None:
    source, clock = Source(), Clock()
    shared = QueryCache(source, clock)
    span = Span(0, 60, 5)
    shared.get(QueryRequest("up", span))
    source.error = DOWN
    clock.now += 40
    # time has gone on: it is another span of the same length
    result = shared.get(QueryRequest("up", Span(40, 100, 5)))
    assert (result.fetched_at, result.error, result.series[0].last) == (1000.0, DOWN, 1.0)


def test_without_any_result_a_request_is_retried_soon() -> None:
    source, clock = Source(), Clock()
    shared = QueryCache(source, clock)
    source.error = DOWN
    assert not shared.get(QueryRequest("up")).available
    shared.get(QueryRequest("up"))
    assert len(source.asked) == 1
    clock.now += 3
    source.error = None
    assert shared.get(QueryRequest("up")).available


def test_each_source_has_its_own_results() -> None:
    source = Source()
    shared = QueryCache(source)
    shared.get(QueryRequest("up", source="a"))
    shared.get(QueryRequest("up", source="b"))
    assert len(source.asked) == 2


def test_old_results_are_dropped_when_there_are_too_many_samples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("console.adapters.query_cache.MAX_SAMPLES", 100)
    source, clock = Source(), Clock()
    shared = QueryCache(source, clock)
    for number in range(20):
        shared.get(QueryRequest(f"m{number}"))
    source.error = DOWN
    clock.now += 100
    assert not shared.get(QueryRequest("m0")).available
    assert shared.get(QueryRequest("m19")).available


def test_forty_requests_run_in_parallel() -> None:
    def fetch(_question: QueryRequest) -> list[Series]:
        time.sleep(0.2)
        return []

    shared = QueryCache(fetch)
    started = time.monotonic()
    for future in shared.submit([QueryRequest(f"m{number}") for number in range(40)]).values():
        future.result()
    assert time.monotonic() - started < 40 * 0.2 / 4


def test_twenty_sessions_send_no_more_requests_than_three() -> None:
    def asked_by(sessions: int) -> int:
        source, clock = Source(), Clock()
        shared = QueryCache(source, clock)
        looks = sorted(
            (1000 + 5 * turn + 5 * session / sessions, session)
            for turn in range(60)
            for session in range(sessions)
        )
        for moment, _ in looks:
            clock.now = moment
            requests = [QueryRequest("now"), QueryRequest("then", span_until(moment, 3600))]
            for future in shared.submit(requests).values():
                future.result()
        return len(source.asked)

    assert asked_by(20) <= 1.25 * asked_by(3)
    assert asked_by(20) <= asked_by(1) * 1.3
