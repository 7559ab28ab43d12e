"""The Prometheus adapter against a real Prometheus, and against faults."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from console.adapters.auth import AuthSettings
from console.adapters.prometheus import Prometheus
from console.errors import (
    ConsoleError,
    QueryRejected,
    SourceFailed,
    SourceTimedOut,
    SourceUnreachable,
)
from console.series import Span
from tests import servers
from tests.console.fakes import Answer, answering

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def scraped() -> Iterator[Prometheus]:
    """A real Prometheus that has scraped a real exporter with known values."""
    registry = CollectorRegistry()
    gauge = Gauge("house_rooms", "Rooms of the house", ("floor",), registry=registry)
    gauge.labels("ground").set(3)
    gauge.labels("first").set(4.5)
    gauge.labels("roof").set(float("nan"))
    Counter("house_guests", "Guests so far", registry=registry).inc(7)
    server, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        with servers.prometheus({"house": f"127.0.0.1:{server.server_port}"}) as real:
            adapter = Prometheus(real.url, 5.0)
            deadline = time.monotonic() + 300
            while not adapter.instant("house_rooms"):
                assert time.monotonic() < deadline, "nothing was scraped"
                time.sleep(0.2)
            yield adapter
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_instant_query_returns_the_exposed_values(scraped: Prometheus) -> None:
    found = {series.labels["floor"]: series.last for series in scraped.instant("house_rooms")}
    assert found.pop("roof") != 0
    assert found == {"ground": 3.0, "first": 4.5}
    assert scraped.instant("house_guests_total")[0].last == 7.0


def test_a_range_query_returns_times_and_values_of_equal_length(scraped: Prometheus) -> None:
    now = time.time()
    found = scraped.range("house_guests_total", Span(now - 60, now, 5))
    assert len(found) == 1
    assert found[0].times.shape == found[0].values.shape
    assert set(found[0].values) == {7.0}
    assert np.all(np.diff(found[0].times) == 5)


def test_a_scalar_is_a_series_without_labels(scraped: Prometheus) -> None:
    assert scraped.instant("1 + 1")[0].last == 2.0


def test_an_instant_query_can_read_a_past_time(scraped: Prometheus) -> None:
    then = time.time() - 3600
    assert scraped.instant("house_rooms", then) == []
    assert scraped.instant("time()", then)[0].last == pytest.approx(then, abs=0.01)


def test_targets_have_the_error_of_their_last_scrape(scraped: Prometheus) -> None:
    (target,) = scraped.targets()
    assert target.labels["job"] == "house"
    assert (target.health, target.lastError) == ("up", "")


def test_metric_names_are_those_that_the_job_exposes(scraped: Prometheus) -> None:
    assert {"house_rooms", "house_guests_total"} <= set(scraped.metric_names("house"))
    assert scraped.metric_names('no"job') == []


def test_server_info_has_the_version(scraped: Prometheus) -> None:
    assert scraped.server_info()["version"].startswith(("2.", "3."))


def test_rules_have_their_for_and_their_alerts(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(
        "groups: [{name: g, rules: [{alert: Always, expr: 'vector(2) > 1', for: 5m}]}]"
    )
    with servers.prometheus(rules=[rules]) as real:
        adapter = Prometheus(real.url, 5.0)
        deadline = time.monotonic() + 300
        while (rule := adapter.rules()[0]).state != "pending":
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert (rule.name, rule.group, rule.duration) == ("Always", "g", 300.0)
    assert float(rule.alerts[0].value) == 2.0


def test_a_session_sends_the_authentication_settings() -> None:
    access = AuthSettings(
        {"X-Key": "k"}, bearer_token="t", tenant="team-a", ca_file=Path("/ca.pem")
    )
    session = access.build_session()
    assert session.headers["Authorization"] == "Bearer t"
    assert session.headers["X-Key"] == "k"
    assert session.headers["X-Scope-OrgID"] == "team-a"
    assert session.verify == "/ca.pem"
    assert "secret" not in repr(AuthSettings(bearer_token="secret", basic=("me", "secret")))


def test_no_series_is_an_empty_result_and_not_an_error(scraped: Prometheus) -> None:
    assert scraped.instant("nothing_of_this_name") == []


def test_metrics_have_type_and_help(scraped: Prometheus) -> None:
    known = {metric.name: metric for metric in scraped.metrics()}
    assert (known["house_rooms"].type, known["house_rooms"].help) == ("gauge", "Rooms of the house")
    assert known["house_guests_total"].type == "counter"


def test_an_invalid_query_shows_the_error_of_prometheus(scraped: Prometheus) -> None:
    with pytest.raises(QueryRejected, match="parse error"):
        scraped.instant("sum(")


def test_a_string_result_is_an_error(scraped: Prometheus) -> None:
    with pytest.raises(ConsoleError, match="text 'hello'"):
        scraped.instant('"hello"')


def test_a_missing_prometheus_is_unreachable() -> None:
    url = f"http://127.0.0.1:{servers.free_port()}"
    with pytest.raises(SourceUnreachable, match=f"{url}.*BELVEDERE_PROMETHEUS_URL"):
        Prometheus(url, 1.0).instant("up")


def test_a_slow_prometheus_times_out() -> None:
    with answering(Answer(delay_seconds=5)) as url:
        started = time.monotonic()
        with pytest.raises(SourceTimedOut, match=r"within 0\.2 s to: up"):
            Prometheus(url, 0.2).instant("up")
        assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(502, b"<html>Bad Gateway</html>", "text/html"), "502 and no JSON.*Bad Gateway"),
        (Answer(200, b"<html>Sign in</html>", "text/html"), "200 and no JSON.*Sign in"),
        (Answer(503, b'{"status":"error","error":"starting up"}'), "503: starting up"),
    ],
)
def test_an_error_names_the_unexpected_response(answer: Answer, said: str) -> None:
    with answering(answer) as url, pytest.raises(SourceFailed, match=said):
        Prometheus(url, 2.0).instant("up")
