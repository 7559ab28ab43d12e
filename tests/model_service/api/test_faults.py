"""What must hold when things go wrong: kill -9, a full disk, a full queue, a taken port."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
import requests

from tests import servers
from tests.postgres import Postgres
from tests.services import EXAMPLE, Api, finished, serving, week

pytestmark = pytest.mark.stack


def logged_ids(api: Api) -> set[str]:
    found: set[str] = set()
    after = 0
    while True:
        page = api.get(f"/predictions?limit=1000&after={after}").json()
        found |= {row["prediction_id"] for row in page["predictions"]}
        if page["next"] is None:
            return found
        after = page["next"]


def test_every_acknowledged_prediction_and_the_gauges_survive_kill_9(data: Path) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()

    def client(url: str) -> None:
        session = requests.Session()
        while not stop.is_set():
            try:
                answer = session.post(f"{url}/predict", json=EXAMPLE, timeout=120)
            except requests.RequestException:
                return
            if answer.status_code == 200:
                acknowledged.append(answer.json()["prediction_id"])

    with serving(data) as api:
        published = api.post("/evaluate", {"data": week()}).json()
        moment = api.metrics()["model_evaluation_timestamp_seconds"]
        api.post("/trigger-drift", {"expires_seconds": 600})
        threads = [threading.Thread(target=client, args=(api.url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1.5)
        api.server.stop(signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
    assert len(acknowledged) > 100
    with serving(data) as api:
        assert set(acknowledged) <= logged_ids(api)
        gauges = api.metrics()
        assert gauges["model_rmse_score"] == published["rmse"]
        assert gauges["model_evaluation_timestamp_seconds"] == moment
        assert gauges["model_evaluation_synthetic"] == 0
        assert time.time() - moment > 1


def test_a_full_disk_refuses_predictions_and_loses_none_that_was_answered(data: Path) -> None:
    with serving(data, log_max_bytes=str(160 * 1024)) as api:
        acknowledged, refused = set(), None
        for _ in range(3000):
            answer = api.post("/predict", EXAMPLE)
            if answer.status_code != 200:
                refused = answer
                break
            acknowledged.add(answer.json()["prediction_id"])
        assert refused is not None, "the log never became full"
        assert refused.status_code == 503
        assert "full" in refused.json()["detail"]
        assert api.metrics()["model_prediction_log_write_failures_total"] >= 1
        assert logged_ids(api) == acknowledged
        assert api.get("/health").status_code == 200


def test_a_full_queue_says_when_to_come_again(data: Path) -> None:
    with serving(data, queue_limit="1") as api:
        answers = [api.post("/evaluations", {"window": "june_2011"}) for _ in range(4)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert int(refused[0].headers["retry-after"]) >= 1
        assert "queue is full (1 evaluation" in refused[0].json()["detail"]
        assert not [a for a in answers if a.status_code not in (202, 429)]


def test_an_evaluation_that_a_stop_cut_off_is_called_interrupted_and_runs_again(
    data: Path,
) -> None:
    with serving(data) as api:
        row = json.dumps(EXAMPLE | {"cnt": 1}).encode()
        body = b'{"data":[' + b",".join([row] * 90_000) + b"]}"
        started = api.session.post(f"{api.url}/evaluations", data=body, timeout=120).json()
        time.sleep(0.5)
        api.server.stop(signal.SIGKILL)
    with serving(data) as api:
        status = api.get(f"/evaluations/{started['evaluation_id']}").json()
        assert status["state"] == "interrupted"
        assert "run it again" in status["error"]["message"]
        assert not list((data / "reports" / "bike-sharing").iterdir())
        assert len(list((data / "incoming" / "bike-sharing").iterdir())) == 1
        again = api.post(status["rerun_url"])
        assert again.status_code == 202, again.text
        done = finished(api, again.json()["evaluation_id"])
        assert (done["state"], done["rerun_of"]) == ("succeeded", started["evaluation_id"])
        assert done["result"]["rows"]["current"] == 90_000
        assert not list((data / "incoming" / "bike-sharing").iterdir())


def test_with_a_token_only_those_who_know_it_change_anything(data: Path) -> None:
    with serving(data, api_token="correct-horse") as api:
        assert api.get("/metrics").status_code == 200
        posted = ("/predict", "/feedback", "/evaluate", "/trigger-drift", "/evaluations")
        for path in (*posted, "/uploads", "/schedules", "/evaluations/x/rerun"):
            answer = api.post(path, EXAMPLE)
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"] == "Bearer"
        for method, path in (
            ("DELETE", "/evaluations/x"),
            ("PATCH", "/evaluations/x"),
            ("DELETE", "/schedules/x"),
        ):
            assert api.session.request(method, api.url + path, timeout=120).status_code == 401, path
        api.session.headers["Authorization"] = "Bearer wrong"
        assert api.post("/predict", EXAMPLE).status_code == 401
        api.session.headers["Authorization"] = "Bearer correct-horse"
        assert api.post("/predict", EXAMPLE).status_code == 200


def run(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "model_service", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "BELVEDERE_DATA_DIR": str(data)}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=120, check=False
    )


def test_it_does_not_listen_beyond_this_machine_without_a_token(data: Path) -> None:
    done = run(data, "bike-sharing", "--host", "0.0.0.0", "--port", str(servers.free_port()))
    assert done.returncode == 1
    assert "Set BELVEDERE_API_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_one_clear_sentence(data: Path) -> None:
    with serving(data) as api:
        done = run(data, "bike-sharing", "--port", str(api.server.port))
    assert done.returncode == 1
    assert f"Can't listen on 127.0.0.1:{api.server.port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_log_is_exported_from_the_shell(data: Path, tmp_path: Path) -> None:
    with serving(data) as api:
        made = [api.post("/predict", EXAMPLE).json()["prediction_id"] for _ in range(3)]
    file = tmp_path / "log.parquet"
    done = run(data, "export", "bike-sharing", str(file), "--by", "event", "--end", "2012-01-01")
    assert done.returncode == 0, done.stderr
    assert "3 rows" in done.stdout
    assert pd.read_parquet(file)["prediction_id"].tolist() == made
    wrong = run(data, "export", "bike-sharing", str(file), "--start", "yesterday")
    assert wrong.returncode == 1
    assert "'yesterday' is not an ISO date or time" in wrong.stderr
    unwritable = run(data, "export", "bike-sharing", str(tmp_path / "no" / "log.parquet"))
    assert unwritable.returncode == 1
    assert "can't be written" in unwritable.stderr


def test_a_database_of_a_later_version_is_one_clear_sentence(data: Path) -> None:
    with serving(data):
        pass
    with sqlite3.connect(data / "bike-sharing.db") as connection:
        connection.execute("UPDATE schema_versions SET version = 99 WHERE name = 'evaluations'")
    connection.close()
    done = run(data, "bike-sharing", "--port", str(servers.free_port()))
    assert done.returncode == 1
    assert "have version 99" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_is_one_clear_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELVEDERE_DATA_DIR", str(data))
    url = f"postgresql+psycopg://test:s3cret@127.0.0.1:{servers.free_port()}/postgres"
    monkeypatch.setenv("BELVEDERE_DATABASE_URL", url)
    command = [sys.executable, "-m", "model_service", "bike-sharing", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "could not be opened or upgraded" in done.stderr
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_model_is_refused_with_those_that_there_are(data: Path) -> None:
    done = run(data, "unicorn")
    assert done.returncode == 1
    assert "bike-sharing" in done.stderr


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELVEDERE_MOST_ROWS", "many")
    command = [sys.executable, "-m", "model_service", "bike-sharing"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "BELVEDERE_MOST_ROWS" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_log_and_the_evaluations_live_in_postgresql_too(data: Path, postgres: Postgres) -> None:
    with postgres.database() as url, serving(data, database_url=url) as api:
        for record in week()[:40]:
            truth = record.pop("cnt")
            made = api.post("/predict", record).json()["prediction_id"]
            assert api.post("/feedback", {"prediction_id": made, "truth": truth}).ok
        body = api.post("/evaluate", {"data": week()}).json()
        assert body["rmse"] == pytest.approx(20.2, abs=1)
        started = api.post("/evaluations", {"last_hours": 1}).json()
        deadline = time.monotonic() + 300
        while (status := api.get(started["url"]).json())["state"] in ("queued", "running"):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert status["result"]["rows"]["with_target"] == 40
