"""Jobs when things go wrong: nothing acknowledged lost, nothing half-written, clear states."""

import itertools
import json
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from model_service.predictions.tables import engine_for
from tests import postgres as postgres_server
from tests.model_service.evaluations.test_jobs import evaluated, start, until
from tests.services import EXAMPLE, QUICK, Api, finished, serving, week

pytestmark = pytest.mark.stack


def large(rows: int = 90_000) -> bytes:
    row = json.dumps(EXAMPLE | {"cnt": 1}).encode()
    return b'{"data":[' + b",".join([row] * rows) + b"]}"


def post_large(api: Api) -> str:
    answer = api.session.post(f"{api.url}/evaluations", data=large(), timeout=120)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["evaluation_id"])


def state(api: Api, evaluation_id: str) -> str:
    return str(api.get(f"/evaluations/{evaluation_id}").json()["state"])


def files(data: Path) -> list[str]:
    folders = (data / "reports" / "bike-sharing", data / "incoming" / "bike-sharing")
    return [path.name for folder in folders for path in folder.iterdir()]


def test_a_cancelled_job_ends_at_any_stage_and_leaves_nothing(data: Path) -> None:
    with serving(data) as api:
        evaluated(api, window="february_week1")
        before = sorted(files(data))
        for wait in (0.0, 0.4, 1.0, 2.0):
            running = post_large(api)
            until(lambda of=running: state(api, of) == "running")  # type: ignore[misc]
            time.sleep(wait)
            answer = api.session.delete(f"{api.url}/evaluations/{running}", timeout=120)
            if answer.status_code == 409:
                assert state(api, running) == "succeeded", "it had ended before"
                continue
            assert state(api, running) == "cancelled"
            until(lambda: sorted(files(data)) == before)
            assert api.get(f"/evaluations/{running}/report.html").status_code == 409
        assert evaluated(api, window="february_week1")["attempts"] == 1
        cancelled = 'model_evaluations_total{outcome="cancelled"}'
        assert api.metrics()[cancelled] >= 3


def test_twenty_jobs_at_once_all_end_well_and_one_at_a_time(data: Path) -> None:
    with serving(data, model=QUICK) as api:

        def post(number: int) -> str:
            other = Api(api.server, api.data)
            return start(other, window="february_week1", tags=[f"job {number}"])

        with ThreadPoolExecutor(20) as pool:
            ids = list(pool.map(post, range(20)))
        most = 0
        while any(state(api, each) in ("queued", "running") for each in ids[-3:]):
            most = max(most, api.get("/evaluations?state=running").json()["total"])
            time.sleep(0.05)
        done = [finished(api, each) for each in ids]
        assert {status["state"] for status in done} == {"succeeded"}
        assert most == 1
        spans = sorted((status["started_at"], status["finished_at"]) for status in done)
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


def test_what_waits_through_kill_9_is_run_after_it(data: Path) -> None:
    with serving(data) as api:
        running = post_large(api)
        waiting = [start(api, window="february_week1") for _ in range(3)]
        until(lambda: state(api, running) == "running")
        api.server.stop(signal.SIGKILL)
    with serving(data) as api:
        assert [finished(api, each)["state"] for each in waiting] == ["succeeded"] * 3
        assert state(api, running) == "interrupted"
        assert not [name for name in files(data) if name.endswith(".part")]


def test_an_orderly_stop_interrupts_what_runs_and_keeps_what_waits(data: Path) -> None:
    with serving(data) as api:
        running = post_large(api)
        waiting = start(api, window="february_week1")
        until(lambda: state(api, running) == "running")
    with serving(data) as api:
        status = api.get(f"/evaluations/{running}").json()
        assert status["state"] == "interrupted"
        assert "run it again" in status["error"]["message"]
        assert finished(api, waiting)["state"] == "succeeded"
        again = api.post(status["rerun_url"])
        assert finished(api, again.json()["evaluation_id"])["state"] == "succeeded"


def wait_a_while(api: Api, evaluation_id: str) -> None:
    deadline = time.monotonic() + 15
    while state(api, evaluation_id) in ("queued", "running") and time.monotonic() < deadline:
        time.sleep(0.1)


def test_a_full_disk_loses_no_acknowledged_job_and_says_what_to_do(data: Path) -> None:
    with serving(data) as api:
        kept = evaluated(api, window="february_week1", publish=True)["evaluation_id"]
    size = (data / "bike-sharing.db").stat().st_size
    with serving(data, log_max_bytes=str(size + 24_576)) as api:
        acknowledged, refused = [], None
        for _ in range(60):
            answer = api.post("/evaluations", {"window": "june_2011", "comment": "x" * 3000})
            if answer.status_code != 202:
                refused = answer
                break
            acknowledged.append(answer.json()["evaluation_id"])
            # one that can't be taken or ended for want of space waits until there is some
            wait_a_while(api, acknowledged[-1])
        assert refused is not None, "the database never became full"
        assert refused.status_code in (503, 429)
        assert "full" in refused.text or "the limit" in refused.text
        states = [state(api, each) for each in acknowledged]
        assert set(states) != {"succeeded"}
        for each, now in zip(acknowledged, states, strict=True):
            has_report = api.get(f"/evaluations/{each}/report.html").status_code == 200
            assert has_report == (now == "succeeded"), now
        assert api.get("/health").status_code == 200
        assert api.metrics()["model_rmse_score"] > 0
    assert not [name for name in files(data) if name.endswith(".part")]
    with serving(data) as api:
        assert state(api, kept) == "succeeded"
        ended = [finished(api, each)["state"] for each in acknowledged]
        assert set(ended) <= {"succeeded", "failed", "interrupted"}
        assert evaluated(api, window="february_week1")["attempts"] == 1


def test_a_database_that_goes_away_and_comes_back_loses_nothing(data: Path, tmp_path: Path) -> None:
    with postgres_server.started(tmp_path) as database:
        shared: dict[str, Any] = {"database_url": database.url, "lease_seconds": "2"}
        with serving(data, **shared) as api:
            published = api.post("/evaluate", {"data": week()}).json()
            logged = api.post("/predict", EXAMPLE).json()["prediction_id"]
            running = post_large(api)
            waiting = start(api, window="february_week1")
            until(lambda: state(api, running) == "running")
            database.stop()
            assert api.post("/predict", EXAMPLE).status_code == 503
            for path in ("/evaluations", f"/evaluations/{running}", "/schedules"):
                answer = api.get(path)
                assert answer.status_code == 503, path
                assert "database is not available" in answer.text
            refused = api.post("/evaluations", {"window": "june_2011"})
            assert refused.status_code == 503
            assert api.get("/ready").status_code == 503
            assert api.get("/health").status_code == 200
            assert api.metrics()["model_rmse_score"] == published["rmse"]
            time.sleep(4)
            database.start()
            until(lambda: api.get("/ready").status_code == 200)
            assert finished(api, running)["state"] == "succeeded"
            assert finished(api, waiting)["state"] == "succeeded"
            assert api.get(f"/evaluations/{running}").json()["attempts"] == 1
            later = api.post("/predict", EXAMPLE).json()["prediction_id"]
            ids = [row["prediction_id"] for row in api.get("/predictions").json()["predictions"]]
            assert ids == [logged, later]
            assert api.post("/evaluate", {"data": week()}).status_code == 200


def test_a_poisoned_row_of_the_queue_ends_itself_and_not_the_queue(data: Path) -> None:
    with serving(data, model=QUICK) as api:
        good = start(api, window="february_week1")
        finished(api, good)
        engine = engine_for(f"sqlite:///{data / 'bike-sharing.db'}", "process")
        poisons = ("no json", '{"source": "moonlight"}', '{"source": "rows", "body": "gone"}')
        with engine.begin() as connection:
            for number, poison in enumerate(poisons):
                connection.execute(
                    sa.text(
                        "INSERT INTO evaluations (id, model, model_version, name, source, state, "
                        "publish, synthetic, created_at, request, attempts) VALUES "
                        "(:id, 'bike-sharing', '1', '', '', 'queued', 0, 0, 1, :request, 0)"
                    ),
                    {"id": f"poison{number}", "request": poison},
                )
        engine.dispose()
        after = start(api, window="february_week2")
        assert finished(api, after)["state"] == "succeeded"
        for number in range(len(poisons)):
            status = api.get(f"/evaluations/poison{number}").json()
            assert status["state"] == "failed", status
        messages = [
            api.get(f"/evaluations/poison{number}").json()["error"]["message"]
            for number in range(len(poisons))
        ]
        assert api.post("/evaluations/poison0/rerun").status_code == 409
        assert "can't be read back" in messages[0]
        assert "can't be read back" in messages[1]
        assert "send them again" in messages[2]


@pytest.mark.parametrize(
    ("poison", "said"),
    [
        ({"windspeed": 1e300}, "windspeed"),
        ({"hr": "noon"}, "hr"),
        ({"dteday": "2011-02-30"}, "dteday"),
    ],
)
def test_a_poisoned_row_is_named_and_nothing_is_evaluated_in_part(
    api: Api, poison: dict[str, Any], said: str
) -> None:
    rows = week()
    rows[17] |= poison
    before = len(files(api.data))
    status = finished(api, start(api, data=rows, publish=True))
    assert status["state"] == "failed"
    assert f"row 17, {said}" in status["error"]["message"]
    assert status["error"]["status"] == 422
    assert status["result"] is None
    assert len(files(api.data)) == before
    assert evaluated(api, window="february_week1")["attempts"] == 1


def test_a_poisoned_row_of_the_log_is_an_error_that_names_the_column(data: Path) -> None:
    with serving(data) as api:
        for record in week()[:40]:
            record.pop("cnt")
            api.post("/predict", record)
        with sqlite3.connect(data / "bike-sharing.db") as connection:
            connection.execute("UPDATE predictions_bike_sharing SET windspeed = 1e300 WHERE id = 7")
        connection.close()
        status = finished(api, start(api, last_rows=40))
        assert status["state"] == "failed"
        assert "windspeed of the current data holds 1e+300 in row 6" in status["error"]["message"]
        assert evaluated(api, last_rows=30)["result"]["rows"]["current"] == 30


def test_reports_are_whole_however_often_the_service_is_killed(data: Path) -> None:
    ids: list[str] = []
    for _ in range(3):
        with serving(data, model=QUICK) as api:
            ids += [start(api, window="february_week1") for _ in range(3)]
            finished(api, ids[-3])
            time.sleep(0.3)
            api.server.stop(signal.SIGKILL)
    with serving(data, model=QUICK) as api:
        for each in ids:
            status = finished(api, each)
            assert status["state"] in ("succeeded", "interrupted")
            if status["state"] == "succeeded":
                report = api.get(f"/evaluations/{each}/report.json").json()
                assert report["evaluation"]["evaluation_id"] == each
                assert api.get(f"/evaluations/{each}/report.html").text.rstrip().endswith("</html>")
                rows = api.get(f"/evaluations/{each}/rows.parquet").content
                assert rows[:4] == rows[-4:] == b"PAR1"
            else:
                assert not list((data / "reports" / "bike-sharing").glob(f"{each}*"))
