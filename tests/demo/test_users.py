"""The users' traffic and the evaluation of a month, as clients of a real churn service."""

import gzip
import itertools
import subprocess
import sys

import pytest

from demo import run_window, users
from model_service.models.churn import data, months
from tests import servers
from tests.console.fakes import Answer, answering
from tests.demo.write_users import csv_of_all_months
from tests.services import Api


def test_the_users_of_the_demo_are_those_of_the_service() -> None:
    assert gzip.decompress(users.FILE.read_bytes()) == csv_of_all_months()
    for name in months.DATES:
        names = [field.name for field in data.INPUTS]
        table = months.month(name)[[*names, data.TRUTH.name]]
        rows = table.to_dict("records")
        assert users.records(name) == rows


@pytest.mark.stack
def test_users_of_both_months_are_predicted_and_their_truth_is_sent_later(
    churn: Api,
) -> None:
    before = len(churn.get("/predictions?limit=1000").json()["predictions"])
    done = subprocess.run(
        [
            sys.executable, "-m", "demo.users", "--url", churn.url,
            "--users-per-second", "500", "--most", "40", "--truth-after", "10",
        ],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "40 predicted, 40 with feedback, 0 rejected" in done.stdout
    rows = churn.get("/predictions?limit=1000").json()["predictions"][before:]
    first = months.month("month_000").head(20)
    of_first = rows[::2]
    assert [row["user_id"] for row in of_first] == first["user_id"].tolist()
    assert [row["truth"] for row in of_first] == first["churn_label"].tolist()
    assert {row["snapshot_date"] for row in rows[1::2]} == {months.DATES["month_001"]}


def test_the_truth_of_a_user_is_never_among_what_is_asked() -> None:
    for case in itertools.islice(users.users(None), 10):
        assert data.TRUTH.name not in case.body
        assert case.truth in (0, 1)
    # from the last user it goes on with the first
    one = itertools.islice(users.users(["month_001"]), 7044)
    bodies = [case.body for case in one]
    assert bodies[0] == bodies[-1]


@pytest.mark.stack
def test_a_month_is_evaluated_published_and_printed(
    churn: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_window.main(["--url", churn.url]) == 0
    printed = capsys.readouterr().out
    assert "month_001: 7043 rows, verdict" in printed
    assert "ROC AUC 0.8" in printed
    assert "target rate 0.2654 -> 0.2415: -0.0239" in printed
    assert 0.8 < churn.metrics()["model_roc_auc_score"] < 0.95


@pytest.mark.stack
def test_a_month_that_is_not_there_is_named_with_those_that_are(
    churn: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_window.main(["--url", churn.url, "--window", "month_007"]) == 1
    said = capsys.readouterr().err
    assert "month_007 was not evaluated" in said
    assert "month_001, month_001_new_users, month_000" in said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(500, b'{"detail": "broken"}'), "answered 500"),
        (Answer(200, b"<html>"), "not JSON"),
        (Answer(200, b"{}"), "does not have the expected fields"),
    ],
)
def test_another_kind_of_service_is_reported_and_the_exit_code_is_not_zero(
    answer: Answer, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(answer) as url:
        assert run_window.main(["--url", url]) == 1
    assert said in capsys.readouterr().err


def test_an_unreachable_service_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_window.main(["--url", f"http://127.0.0.1:{servers.free_port()}"]) == 1
    assert "Is the service running?" in capsys.readouterr().err
