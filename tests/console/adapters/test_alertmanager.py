"""Alertmanager: a real one, and faults of a fake one."""

import pytest

from console.adapters.alertmanager import Alertmanager, Matcher
from console.errors import RequestRejected, SourceFailed, SourceTimedOut, SourceUnreachable
from tests import servers
from tests.console.fakes import Answer, answering


@pytest.mark.stack
def test_a_real_alertmanager_without_alerts_returns_none() -> None:
    with servers.alertmanager() as real:
        assert Alertmanager(real.url, 3.0).alerts() == []


@pytest.mark.stack
def test_a_silence_is_created_listed_and_expired() -> None:
    with servers.alertmanager() as real:
        adapter = Alertmanager(real.url, 3.0)
        made = adapter.silence(
            [Matcher("alertname", "A"), Matcher("job", "b.*", True)], 2, "me", "why"
        )
        (silence,) = adapter.silences()
        assert (silence.id, silence.status.state, silence.comment) == (made, "active", "why")
        assert [matcher.text for matcher in silence.matchers] == ["alertname=A", "job=~b.*"]
        assert (silence.endsAt - silence.startsAt).total_seconds() == pytest.approx(7200, abs=1)
        adapter.expire(made)
        assert adapter.silences()[0].status.state == "expired"
        with pytest.raises(RequestRejected, match="Alertmanager returned 400"):
            adapter.silence([Matcher("a", "")], 2, "me", "why")


def test_a_missing_alertmanager_is_unreachable() -> None:
    url = f"http://127.0.0.1:{servers.free_port()}"
    with pytest.raises(SourceUnreachable, match="Alertmanager does not answer"):
        Alertmanager(url, 1.0).alerts()


def test_an_error_of_alertmanager_has_its_status() -> None:
    with answering(Answer(500, b"oops")) as url, pytest.raises(SourceFailed, match="500"):
        Alertmanager(url, 1.0).alerts()


def test_an_alertmanager_that_hangs_times_out() -> None:
    with answering(Answer(delay_seconds=3)) as url, pytest.raises(SourceTimedOut):
        Alertmanager(url, 0.2).alerts()
