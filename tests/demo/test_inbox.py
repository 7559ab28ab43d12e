"""The notification log takes what Alertmanager sends, shows it, and refuses the rest."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from demo.inbox import MAX_ENTRIES
from tests import servers


@pytest.fixture(scope="module")
def inbox() -> Iterator[servers.Server]:
    port = servers.free_port()
    command = [sys.executable, "-m", "demo.inbox", "--port", str(port)]
    with servers.started(command, port, "/health") as server:
        yield server


def notification(name: str, status: str = "firing") -> dict[str, Any]:
    alert = {
        "status": status,
        "labels": {"alertname": name, "model": "bike-sharing"},
        "annotations": {"description": "RMSE of bike-sharing is 175."},
        "startsAt": "2026-11-01T00:00:00Z",
    }
    return {"version": "4", "status": status, "alerts": [alert]}


def test_a_notification_is_kept_shown_and_written_to_the_log(inbox: servers.Server) -> None:
    for status in ("firing", "resolved"):
        assert requests.post(inbox.url, json=notification("First", status), timeout=120).ok
    kept = requests.get(f"{inbox.url}/notifications", timeout=120).json()["notifications"]
    assert [(item["status"], item["labels"]["alertname"]) for item in kept[-2:]] == [
        ("firing", "First"),
        ("resolved", "First"),
    ]
    page = requests.get(inbox.url, timeout=120).text
    assert page.index("RESOLVED  First: RMSE of bike-sharing is 175.") < page.index(
        "FIRING    First"
    )
    assert "FIRING    First: RMSE of bike-sharing is 175." in inbox.log.read_text()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"alerts": 1}', b'{"alerts": [{"status": "firing"}]}']
)
def test_a_body_that_is_not_a_notification_is_rejected(body: bytes, inbox: servers.Server) -> None:
    before = requests.get(f"{inbox.url}/notifications", timeout=120).json()
    answer = requests.post(inbox.url, data=body, timeout=120)
    assert (answer.status_code, "not a notification" in answer.text) == (400, True)
    assert requests.get(f"{inbox.url}/notifications", timeout=120).json() == before


def test_a_body_past_the_limit_is_refused_by_its_length(inbox: servers.Server) -> None:
    answer = requests.post(inbox.url, headers={"Content-Length": "9999999"}, timeout=120)
    assert answer.status_code == 413


def test_only_the_last_notifications_are_kept(inbox: servers.Server) -> None:
    many = notification("Many")
    many["alerts"] *= MAX_ENTRIES + 5
    assert requests.post(inbox.url, json=many, timeout=120).ok
    assert requests.post(inbox.url, json=notification("Last"), timeout=120).ok
    kept = requests.get(f"{inbox.url}/notifications", timeout=120).json()["notifications"]
    assert len(kept) == MAX_ENTRIES
    assert kept[-1]["labels"]["alertname"] == "Last"


def test_a_port_in_use_is_reported_in_one_line(inbox: servers.Server) -> None:
    from demo.inbox import main

    assert main(["--port", str(inbox.port)]) == 1
