"""Evaluations as jobs of a running service: windows, tags, reruns, comparisons, schedules."""

import io
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.services import EXAMPLE, Api, finished, serving, week

pytestmark = pytest.mark.stack


def until(true: Callable[[], bool], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def start(api: Api, **asked: Any) -> str:
    answer = api.post("/evaluations", asked)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["evaluation_id"])


def evaluated(api: Api, **asked: Any) -> dict[str, Any]:
    status = finished(api, start(api, **asked))
    assert status["state"] == "succeeded", status["error"]
    return status


def log_week(api: Api, *, truths: int) -> list[str]:
    """Predict the hours of a week; the first `truths` of them get their truth."""
    ids = []
    for number, record in enumerate(week()):
        truth = record.pop("cnt")
        ids.append(api.post("/predict", record).json()["prediction_id"])
        if number < truths:
            api.post("/feedback", {"prediction_id": ids[-1], "truth": truth})
    return ids


def test_truth_that_comes_late_is_joined_and_what_waits_is_counted(api: Api) -> None:
    began = time.time()
    ids = log_week(api, truths=40)
    asked = {"interval": {"start": "2011-02-08", "end": "2011-02-15"}, "by": "event"}
    first = evaluated(api, **asked)["result"]
    assert first["rows"]["current"] == len(ids)
    assert (first["rows"]["with_target"], first["rows"]["without_target"]) == (40, len(ids) - 40)
    until(lambda: api.metrics()["model_predictions_without_truth"] == len(ids) - 40)
    for prediction_id, record in zip(ids[40:], week()[40:], strict=True):
        api.post("/feedback", {"prediction_id": prediction_id, "truth": record["cnt"]})
    second = evaluated(api, **asked)["result"]
    assert (second["rows"]["with_target"], second["rows"]["without_target"]) == (len(ids), 0)
    assert second["quality"]["rmse"] != first["quality"]["rmse"]
    assert second["quality"]["rmse"] == pytest.approx(20.2, abs=1)
    until(lambda: api.metrics()["model_predictions_without_truth"] == 0)
    # no truth can be later than this test is old
    assert 0 <= api.metrics()["model_truth_lag_seconds"] < time.time() - began


def test_the_rows_that_were_scored_are_a_parquet_file(api: Api) -> None:
    log_week(api, truths=5)
    done = evaluated(api, last_rows=20)
    answer = api.get(f"/evaluations/{done['evaluation_id']}/rows.parquet")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    frame = pd.read_parquet(io.BytesIO(answer.content))
    assert len(frame) == 20
    assert frame["prediction_id"].is_unique
    assert {"temp", "prediction", "cnt", "event_at"} <= set(frame.columns)
    window = evaluated(api, window="february_week1")
    answer = api.get(f"/evaluations/{window['evaluation_id']}/rows.parquet")
    frame = pd.read_parquet(io.BytesIO(answer.content))
    error = frame["prediction"] - frame["cnt"]
    assert (error**2).mean() ** 0.5 == pytest.approx(window["result"]["quality"]["rmse"])


def test_an_evaluation_against_another_window_says_so(api: Api) -> None:
    done = evaluated(
        api, window="february_week2", reference={"window": "february_2011", "match": "hours"}
    )
    assert done["result"]["reference_source"] == "window february_2011, same hours"
    assert done["result"]["rows"]["reference"] < 649
    asked = done["request"]["reference"]
    assert (asked["window"], asked["match"]) == ("february_2011", "hours")


def test_uploads_are_kept_for_evaluations_that_name_them(api: Api) -> None:
    frame = pd.DataFrame(week())
    answer = api.session.post(
        f"{api.url}/uploads",
        data=frame.to_csv(index=False).encode(),
        headers={"Content-Type": "text/csv"},
        timeout=120,
    )
    assert answer.status_code == 201
    upload = answer.json()["upload_id"]
    done = evaluated(api, upload=upload, reference={"window": "february_week1"})
    assert done["result"]["rows"]["current"] == len(frame)
    posted = api.session.post(
        f"{api.url}/evaluations?tag=a&tag=b&comment=two+tags",
        params={"reference": f'{{"upload": "{upload}"}}'},
        data=frame.to_csv(index=False).encode(),
        headers={"Content-Type": "text/csv"},
        timeout=120,
    )
    status = finished(api, posted.json()["evaluation_id"])
    assert status["state"] == "succeeded", status["error"]
    assert (status["tags"], status["comment"]) == (["a", "b"], "two tags")
    assert status["result"]["rows"]["reference"] == len(frame)
    assert api.post("/evaluations", {"upload": "0" * 32}).status_code == 404
    wrong = api.session.post(f"{api.url}/uploads", json={}, timeout=120)
    assert wrong.status_code == 400
    assert "text/csv" in wrong.text


def test_a_large_body_has_its_tags_and_reference_too(api: Api) -> None:
    body = {
        "data": week() * 4,
        "tags": ["large"],
        "comment": "four weeks in one",
        "reference": {"window": "february_week1"},
    }
    answer = api.post("/evaluations", body)
    status = finished(api, answer.json()["evaluation_id"])
    assert status["state"] == "succeeded", status["error"]
    assert (status["tags"], status["comment"]) == (["large"], "four weeks in one")
    assert status["result"]["reference_source"] == "window february_week1"


def test_tags_and_comments_are_set_and_found(api: Api) -> None:
    done = evaluated(api, window="february_week1", tags=["before"], comment="first")
    url = f"/evaluations/{done['evaluation_id']}"
    answer = api.session.patch(
        api.url + url, json={"tags": ["release 2", "nice"], "comment": "looked at"}, timeout=120
    )
    assert answer.json() == {
        "evaluation_id": done["evaluation_id"],
        "tags": ["nice", "release 2"],
        "comment": "looked at",
    }
    page = api.get("/evaluations", params={"tag": "release 2"}).json()
    assert [each["evaluation_id"] for each in page["evaluations"]] == [done["evaluation_id"]]
    assert api.get("/evaluations?tag=before").json()["total"] == 0
    for body, status in (({"colour": 1}, 400), ({"tags": [""]}, 400)):
        assert api.session.patch(api.url + url, json=body, timeout=120).status_code == status
    unknown = api.session.patch(f"{api.url}/evaluations/x", json={"comment": "x"}, timeout=120)
    assert unknown.status_code == 404


def test_the_list_is_filtered_by_what_one_looks_for(api: Api) -> None:
    evaluated(api, window="february_week3", evaluation_period_name="needle in the hay")
    page = api.get("/evaluations?text=NEEDLE&state=succeeded").json()
    assert [each["name"] for each in page["evaluations"]] == ["needle in the hay"]
    assert api.get("/evaluations?text=needle&published=true").json()["total"] == 0
    assert api.get("/evaluations?until=2020-01-01").json()["total"] == 0
    assert api.get("/evaluations?since=2020-01-01&text=needle").json()["total"] == 1
    refused = api.get("/evaluations?state=happy")
    assert refused.status_code == 400
    assert "interrupted" in refused.text


def test_two_evaluations_are_compared_feature_by_feature_and_score_by_score(api: Api) -> None:
    first = evaluated(api, window="february_week1")
    second = evaluated(api, window="june_2011")
    ids = (first["evaluation_id"], second["evaluation_id"])
    found = api.get(f"/evaluations/{ids[0]}/compare/{ids[1]}").json()
    rmse = next(score for score in found["scores"] if score["name"] == "rmse")
    before, after = (each["result"]["quality"]["rmse"] for each in (first, second))
    assert (rmse["first"], rmse["second"], rmse["better"]) == (before, after, False)
    assert rmse["change"] == pytest.approx(after - before)
    temp = next(feature for feature in found["features"] if feature["name"] == "temp")
    assert temp["score"] == [_feature(each, "temp")["score"] for each in (first, second)]
    assert temp["mean_shift"] > 3
    assert set(found["newly_drifted"]) == set(second["result"]["drifted_features"]) - set(
        first["result"]["drifted_features"]
    )
    back = api.get(f"/evaluations/{ids[1]}/compare/{ids[0]}").json()
    assert next(s for s in back["scores"] if s["name"] == "rmse")["better"] is True
    assert api.get(f"/evaluations/{ids[0]}/compare/nobody").status_code == 404


def _feature(status: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(f for f in status["result"]["features"] if f["name"] == name)
    return found


def test_an_evaluation_is_run_again_under_a_new_id(api: Api) -> None:
    first = evaluated(api, window="february_week1", tags=["again"])
    answer = api.post(f"/evaluations/{first['evaluation_id']}/rerun")
    assert answer.status_code == 202
    second = finished(api, answer.json()["evaluation_id"])
    assert second["rerun_of"] == first["evaluation_id"]
    assert second["tags"] == ["again"]
    scores = [each["result"]["quality"] for each in (first, second)]
    assert scores[0] == scores[1]
    posted = api.post("/evaluate", {"data": week()}).json()["evaluation_id"]
    refused = api.post(f"/evaluations/{posted}/rerun")
    assert refused.status_code == 409
    assert "send them again" in refused.text


def test_a_job_says_its_stage_and_what_is_left(api: Api) -> None:
    ids = [start(api, window="june_2011") for _ in range(3)]
    waiting = api.get(f"/evaluations/{ids[2]}").json()
    assert waiting["state"] in ("queued", "running")
    assert waiting["remaining_seconds"] > 0
    seen = set()
    while (status := api.get(f"/evaluations/{ids[1]}").json())["state"] in ("queued", "running"):
        seen.add((status["state"], status["stage"]))
        assert status["remaining_seconds"] >= 0
        assert 0 <= status["progress"] < 1
        time.sleep(0.02)
    assert {stage for state, stage in seen if state == "running"} & {
        "reading rows", "predicting", "scoring", "writing the report",
    }, seen  # fmt: skip
    refused = api.post(f"/evaluations/{ids[2]}/rerun")
    assert refused.status_code in (202, 409)
    assert finished(api, ids[2])["state"] == "succeeded"


def test_a_schedule_evaluates_a_live_window_again_and_again_until_it_is_removed(api: Api) -> None:
    log_week(api, truths=10)
    for body, said in (
        ({"every_minutes": 1, "evaluation": {"window": "june_2011"}}, "live window"),
        ({"every_minutes": 0.001, "evaluation": {"last_rows": 40}}, "every_minutes"),
        ({"every_minutes": 1}, "evaluation"),
    ):
        refused = api.post("/schedules", body)
        assert refused.status_code == 400
        assert said in refused.text
    asked = {"last_rows": 50, "tags": ["scheduled"]}
    answer = api.post("/schedules", {"every_minutes": 0.05, "evaluation": asked})
    assert answer.status_code == 201, answer.text
    schedule = answer.json()["schedule_id"]
    query = f"/evaluations?schedule={schedule}&state=succeeded"
    until(lambda: api.get(query).json()["total"] >= 2)
    last = api.get(query).json()["evaluations"][0]
    assert (last["tags"], last["published"]) == (["scheduled"], True)
    assert api.metrics()["model_evaluation_rows"] == 50
    (listed,) = api.get("/schedules").json()["schedules"]
    assert listed["next_at"] > time.time() - 3
    assert listed["evaluation"]["last_rows"] == 50
    assert api.session.delete(f"{api.url}/schedules/{schedule}", timeout=120).status_code == 200
    assert api.get("/schedules").json()["schedules"] == []
    assert api.session.delete(f"{api.url}/schedules/{schedule}", timeout=120).status_code == 404
    until(lambda: api.get("/evaluations?state=queued").json()["total"] == 0)
    until(lambda: api.get("/evaluations?state=running").json()["total"] == 0)
    before = api.get(f"/evaluations?schedule={schedule}").json()["total"]
    time.sleep(4)
    assert api.get(f"/evaluations?schedule={schedule}").json()["total"] == before


def test_quality_is_estimated_where_truth_has_not_come(api: Api) -> None:
    frame = pd.DataFrame(week("2011-02-01", "2011-02-28")).drop(columns="cnt")
    answer = api.session.post(
        f"{api.url}/evaluations?publish=true",
        data=frame.to_csv(index=False).encode(),
        headers={"Content-Type": "text/csv"},
        timeout=120,
    )
    status = finished(api, answer.json()["evaluation_id"])
    assert status["state"] == "succeeded", status["error"]
    estimated = status["result"]["estimated"]
    assert (estimated["method"], status["result"]["quality"]) == ("DLE", None)
    rmse = next(score for score in estimated["scores"] if score["name"] == "rmse")
    # the truth of this month is 31; the model of January has an in-sample error of 6
    assert 10 < rmse["value"] < 45
    gauges = api.metrics()
    assert gauges['model_estimated_score{score="rmse"}'] == rmse["value"]
    assert gauges['model_estimated_score_lower{score="rmse"}'] == rmse["lower"]
    assert gauges['model_estimated_score_upper{score="rmse"}'] == rmse["upper"]
    assert math.isnan(gauges["model_rmse_score"])
    with_truth = evaluated(api, window="february_week1", publish=True)["result"]
    assert with_truth["estimated"] is None
    assert math.isnan(api.metrics()['model_estimated_score{score="rmse"}'])


def test_drift_of_predictions_and_targets_is_in_the_metrics(api: Api) -> None:
    result = evaluated(api, window="june_2011", publish=True)["result"]
    gauges = api.metrics()
    assert gauges["model_prediction_drift_score"] == result["prediction_drift"]["score"]
    assert gauges["model_target_drift_score"] == result["target_drift"]["score"]


def test_a_job_past_its_memory_limit_is_stopped_and_the_next_one_runs(data: Path) -> None:
    # the worker itself has some 300 MiB; 200,000 rows need several hundred more
    with serving(data, evaluation_limit_bytes=str(480 * 2**20)) as api:
        rows = pd.DataFrame([EXAMPLE | {"cnt": 1}] * 200_000).to_csv(index=False).encode()
        answer = api.session.post(
            f"{api.url}/evaluations", data=rows, headers={"Content-Type": "text/csv"}, timeout=120
        )
        status = finished(api, answer.json()["evaluation_id"])
        assert status["state"] == "failed", status
        assert "exceeded its memory limit of 480 MiB" in status["error"]["message"]
        assert evaluated(api, window="february_week1")["state"] == "succeeded"
        assert not list((data / "reports" / "bike-sharing").glob("*.part"))


def test_a_job_past_its_time_limit_is_stopped(data: Path) -> None:
    with serving(data, evaluation_limit_seconds="0.05") as api:
        status = finished(api, start(api, window="june_2011"))
        assert status["state"] == "failed"
        assert "exceeded its time limit of 0.05 s" in status["error"]["message"]
        assert status["error"]["status"] == 504


def test_the_retention_rules_hold_in_the_running_service(data: Path) -> None:
    with serving(data) as api:
        for _ in range(3):
            api.post("/predict", EXAMPLE)
        kept = evaluated(api, window="february_week1", tags=["kept"])["evaluation_id"]
        gone = evaluated(api, window="february_week2")["evaluation_id"]
        api.post("/evaluate", {"data": week()})
    second = 1 / 86_400
    time.sleep(1.1)
    rules: dict[str, Any] = {
        f"keep_{what}_days": str(second) for what in ("log", "evaluations", "reports", "uploads")
    }
    with serving(data, **rules) as api:
        until(lambda: api.get("/predictions").json()["predictions"] == [])
        until(lambda: api.get(f"/evaluations/{gone}").status_code == 404)
        assert api.get(f"/evaluations/{kept}").json()["state"] == "succeeded"
        until(lambda: not list((data / "reports" / "bike-sharing").iterdir()))
        missing = api.get(f"/evaluations/{kept}/report.html")
        assert missing.status_code == 404
        assert "no longer kept" in missing.text
        assert api.metrics()["model_rmse_score"] == pytest.approx(20.2, abs=1)
