"""The replay and the evaluation of February as clients of a real service."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo import replay, run_evaluation
from tests import servers
from tests.console.fakes import Answer, answering
from tests.services import serving

pytestmark = pytest.mark.stack


def replaying(url: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-u",
        "-m",
        "demo.replay",
        "--url",
        url,
        *arguments,
    ]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=None
    )


def test_three_days_are_replayed_with_their_truth(data: Path) -> None:
    with serving(data) as api:
        process = replaying(
            api.url, "--start", "2011-02-01", "--until", "2011-02-03", "--once",
            "--hours-per-second", "200",
        )  # fmt: skip
        output, _ = process.communicate(timeout=120)
        rows = api.get("/predictions?limit=1000").json()["predictions"]
    assert process.returncode == 0
    assert "70 predicted, 70 with feedback, 0 rejected" in output
    assert len(rows) == 70
    assert [row["truth"] for row in rows[:3]] == [8.0, 3.0, 2.0]


def test_it_survives_a_killed_service_and_loses_no_truth(data: Path) -> None:
    port = servers.free_port()
    with serving(data, port=port) as api:
        process = replaying(
            api.url, "--start", "2011-02-01", "--until", "2011-02-02", "--once",
            "--hours-per-second", "12",
        )  # fmt: skip
        time.sleep(2.5)
        api.server.stop(signal.SIGKILL)
    time.sleep(0.5)
    with serving(data, port=port) as api:
        output, _ = process.communicate(timeout=120)
        rows = api.get("/predictions?limit=1000").json()["predictions"]
    assert process.returncode == 0, output
    assert "retrying in" in output
    known = {(row["dteday"], row["hr"]) for row in rows if row["truth"] is not None}
    assert len(known) == 47


def test_it_stops_cleanly_on_a_signal() -> None:
    process = replaying(f"http://127.0.0.1:{servers.free_port()}")
    assert process.stdout is not None
    # it listens to signals before it says its first word
    first = process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "did not answer" in first + rest


@pytest.mark.parametrize(
    "arguments",
    [
        ["--start", "1999-01-01"],
        ["--start", "soon"],
        ["--start", "2011-03-01", "--until", "2011-02-01"],
        ["--hours-per-second", "0"],
    ],
)
def test_wrong_arguments_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        replay.main(arguments)
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_the_weeks_of_february_are_evaluated(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(data) as api:
        assert run_evaluation.main(["--url", api.url]) == 0
    printed = capsys.readouterr().out
    for name, items in (("week1", 235), ("week2", 163), ("week3", 165)):
        assert f"{name}_february" in printed
        assert f"items {items}" in printed
    assert printed.count("verdict no drift  Evidently: drift") == 2
    assert printed.count("verdict drift  Evidently: drift") == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(500, b'{"detail": "broken"}'), "answered 500"),
        (Answer(200, b"<html>"), "not JSON"),
        (Answer(200, b"{}"), "does not have the expected fields"),
    ],
)
def test_a_failing_service_is_reported_and_the_exit_code_is_not_zero(
    answer: Answer, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(answer) as url:
        assert run_evaluation.main(["--url", url]) == 1
    assert said in capsys.readouterr().err


def test_an_unreachable_service_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_evaluation.main(["--url", f"http://127.0.0.1:{servers.free_port()}"]) == 1
    assert "Is the service running?" in capsys.readouterr().err
