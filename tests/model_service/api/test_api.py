"""The API of a running service: contract, wrong requests, evaluations, metrics."""

import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest
from sklearn import metrics as sklearn_metrics

from model_service.models.bike_sharing import load
from tests.services import EXAMPLE, Api, finished, week

pytestmark = pytest.mark.stack


def test_a_service_that_was_never_evaluated_shows_nan_and_not_zero(api: Api) -> None:
    found = api.metrics()
    for name in ("rmse_score", "r2_score", "drift_detected", "drift_share", "evaluation_rows"):
        assert math.isnan(found[f"model_{name}"]), name
    assert math.isnan(found["evidently_data_drift_detected_status"])
    assert math.isnan(found['model_feature_drift_score{feature="hum"}'])


def test_a_prediction_is_answered_logged_and_counted(api: Api) -> None:
    before = api.metrics()
    answer = api.post("/predict", EXAMPLE)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"predicted_count", "prediction_id", "model_version"}
    assert body["predicted_count"] == pytest.approx(22.6, abs=0.1)
    (logged,) = [
        row
        for row in api.get("/predictions?limit=1000").json()["predictions"]
        if row["prediction_id"] == body["prediction_id"]
    ]
    assert logged["prediction"] == body["predicted_count"]
    assert (logged["hum"], logged["dteday"], logged["truth"]) == (0.81, "2011-01-01", None)
    after = api.metrics()
    labels = '{endpoint="/predict",method="POST",status_code="200"}'
    name = f"api_requests_total{labels}"
    assert after[name] == before.get(name, 0) + 1
    for counter in ("model_predictions_total", "model_prediction_log_rows_total"):
        assert after[counter] == before[counter] + 1
    assert after["model_prediction_value_sum"] - before[
        "model_prediction_value_sum"
    ] == pytest.approx(body["predicted_count"])
    buckets = [key for key in after if key.startswith("api_request_duration_seconds_bucket")]
    assert any('endpoint="/predict"' in key and 'le="0.0001"' in key for key in buckets)


def test_the_truth_is_joined_to_its_prediction(api: Api) -> None:
    made = api.post("/predict", EXAMPLE).json()["prediction_id"]
    for truth in (16, 17):
        answer = api.post("/feedback", {"prediction_id": made, "truth": truth})
        assert answer.json() == {"prediction_id": made, "status": "recorded"}
    rows = api.get("/predictions?limit=1000").json()["predictions"]
    assert next(row for row in rows if row["prediction_id"] == made)["truth"] == 17.0


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"prediction_id": "nobody", "truth": 1}, 404, "no prediction 'nobody'"),
        ({"prediction_id": "nobody"}, 400, "truth"),
        ({"prediction_id": "nobody", "truth": "1"}, 400, "truth"),
        ({"prediction_id": "nobody", "truth": -1}, 422, "out of range"),
    ],
)
def test_wrong_feedback_is_refused(api: Api, body: Any, status: int, said: str) -> None:
    answer = api.post("/feedback", body)
    assert answer.status_code == status
    assert said in answer.text


def test_wrong_requests_are_refused_and_counted_by_their_route(api: Api) -> None:
    before = api.metrics()
    assert api.post("/predict", EXAMPLE | {"hr": 25}).status_code == 422
    assert api.session.post(f"{api.url}/predict", data=b"no json", timeout=99).status_code == 400
    assert api.session.post(f"{api.url}/predict", data=b" " * 70_000, timeout=99).status_code == 413
    assert api.get("/nowhere/at/all").status_code == 404
    assert api.get("/predict").status_code == 405
    assert api.get("/evaluations/nobody").status_code == 404
    after = api.metrics()
    for endpoint, method, status in (
        ("/predict", "POST", 422),
        ("/predict", "POST", 400),
        ("/predict", "POST", 413),
        ("/predict", "GET", 405),
        ("unmatched", "GET", 404),
        ("/evaluations/{evaluation_id}", "GET", 404),
    ):
        labels = f'{{endpoint="{endpoint}",method="{method}",status_code="{status}"}}'
        name = f"api_requests_total{labels}"
        assert after[name] == before.get(name, 0) + 1, name


@pytest.mark.parametrize("start", ["[", '{"data":[', '{"dteday":['])
def test_a_body_of_thousands_of_brackets_is_refused_by_every_route(api: Api, start: str) -> None:
    body = start + "[" * 60_000
    for path in (
        "/predict", "/predict/batch", "/feedback", "/evaluate", "/evaluations", "/schedules",
        "/trigger-drift",
    ):  # fmt: skip
        answer = api.session.post(
            f"{api.url}{path}", data=body, headers={"content-type": "application/json"}, timeout=120
        )
        assert answer.status_code == 400, f"{path}: {answer.status_code} {answer.text[:200]}"


@pytest.mark.parametrize("path", ["/predictions?after=", "/evaluations?offset="])
def test_a_place_past_every_row_is_refused_in_words(api: Api, path: str) -> None:
    answer = api.get(f"{path}{10**20}")
    assert answer.status_code == 422
    assert "less than or equal" in answer.text


def test_a_number_past_every_float_is_out_of_range(api: Api) -> None:
    body = json.dumps(EXAMPLE).replace("0.24", "1" + "0" * 400)
    answer = api.session.post(f"{api.url}/predict", data=body, timeout=120)
    assert answer.status_code == 422
    assert "temp" in answer.text


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("week1_february", "2011-01-29", "2011-02-07"),
        ("week2_february", "2011-02-08", "2011-02-14"),
        ("week3_february", "2011-02-15", "2011-02-21"),
    ],
)
def test_evaluate_answers_by_contract_with_the_scores_of_scikit_learn(
    api: Api, name: str, start: str, end: str
) -> None:
    rows = week(start, end)
    sent = [row | {"casual": 1} for row in rows]
    answer = api.post("/evaluate", {"data": sent, "evaluation_period_name": name})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    truth = [row["cnt"] for row in rows]
    predicted = load(api.data).predict_many(pd.DataFrame(rows))
    expected = {
        "rmse": sklearn_metrics.root_mean_squared_error(truth, predicted),
        "mae": sklearn_metrics.mean_absolute_error(truth, predicted),
        "r2score": sklearn_metrics.r2_score(truth, predicted),
        "mape": 100 * sklearn_metrics.mean_absolute_percentage_error(truth, predicted),
    }
    for score, value in expected.items():
        assert body[score] == pytest.approx(value, abs=1e-6), score
    assert 18 <= body["rmse"] <= 38
    assert body["evaluated_items"] == len(rows)
    assert body["drift_detected"] in (0, 1)
    assert name in body["message"]
    assert body["ignored_fields"] == ["casual"]
    assert body["training_rows"] == sum(row["dteday"] < "2011-02-01" for row in rows)
    assert "Ignored field: casual." in body["warnings"]
    document = api.get(f"/evaluations/{body['evaluation_id']}").json()["result"]
    for text in ("rule", "decision_reason", "difference", "warnings"):
        assert document[text] == body[text], text
    assert {"code": "rows.ignored_fields", "values": {"names": ["casual"]}} in document[
        "warning_parts"
    ]
    assert document["rule_parts"][0]["code"].startswith("rule.")
    gauges = api.metrics()
    assert gauges["model_rmse_score"] == body["rmse"]
    assert gauges["model_evaluation_rows"] == len(rows)
    assert gauges["evidently_data_drift_detected_status"] == body["drift_detected"]
    html = api.get(body["report_html"])
    assert html.headers["content-type"].startswith("text/html")
    assert name in html.text
    assert f"RMSE {body['rmse']:.3f}" in html.text
    report = json.loads(api.get(body["report_json"]).content, parse_constant=_refuse)
    assert report["evaluation"]["quality"]["rmse"] == body["rmse"]
    assert any(m["metric_name"].startswith("RMSE") for m in report["metrics"])
    table = api.get(f"/evaluations/{body['evaluation_id']}/features.csv").text.splitlines()
    assert len(table) == 12


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def test_few_rows_give_scores_and_say_that_they_are_too_few_for_a_verdict(api: Api) -> None:
    body = api.post("/evaluate", {"data": week()[:1]}).json()
    assert body["evaluated_items"] == 1
    assert body["rmse"] is not None
    assert body["verdict"] == "not enough data"
    assert math.isnan(api.metrics()["model_drift_detected"])


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"no json", 400, "not JSON"),
        (b'{"data": []}', 422, "at least one"),
        (b'{"rows": []}', 400, "data"),
        (b'{"data": [{"temp": NaN, "cnt": 1}]}', 422, "is not finite"),
        (b'{"data": [{"temp": 1e999, "cnt": 1}]}', 422, "is not finite"),
    ],
)
def test_a_wrong_evaluation_is_refused_and_publishes_nothing(
    api: Api, body: bytes, status: int, said: str
) -> None:
    before = api.metrics()["model_evaluation_timestamp_seconds"]
    answer = api.session.post(f"{api.url}/evaluate", data=body, timeout=120)
    assert answer.status_code == status, answer.text
    assert said in answer.text
    after = api.metrics()["model_evaluation_timestamp_seconds"]
    assert after == before or (math.isnan(after) and math.isnan(before))


def test_a_million_rows_are_refused_with_the_limit_named(api: Api) -> None:
    row = json.dumps(EXAMPLE | {"cnt": 1}, separators=(",", ":")).encode()
    body = b'{"data":[' + b",".join([row] * 1_000_000) + b"]}"
    answer = api.session.post(f"{api.url}/evaluate", data=body, timeout=120)
    assert answer.status_code == 413
    assert "120,000 rows" in answer.text
    middling = b'{"data":[' + b",".join([row] * 130_000) + b"]}"
    answer = api.session.post(f"{api.url}/evaluate", data=iter([middling]), timeout=120)
    assert answer.status_code == 413
    assert "130,000 rows are more than the limit of 120,000" in answer.text
    assert not list((api.data / "incoming" / "bike-sharing").iterdir())


def test_a_body_without_a_length_is_stopped_at_the_limit(api: Api) -> None:
    chunks = (b" " * 2**20 for _ in range(60))
    answer = api.session.post(f"{api.url}/evaluate", data=chunks, timeout=120)
    assert answer.status_code == 413
    assert "40,000,000 bytes" in answer.text


def test_a_window_is_evaluated_in_the_background_and_publishes_only_if_asked(api: Api) -> None:
    before = api.metrics()["model_evaluation_timestamp_seconds"]
    answer = api.post("/evaluations", {"window": "june_2011"})
    assert answer.status_code == 202
    started = answer.json()
    assert answer.headers["location"] == started["url"]
    status = finished(api, started["evaluation_id"])
    assert status["state"] == "succeeded"
    assert status["progress"] == 1.0
    assert status["result"]["quality"]["rmse"] > 150
    assert status["result"]["decision"] == "RETRAIN"
    assert len(status["result"]["features"]) == 11
    assert api.metrics()["model_evaluation_timestamp_seconds"] == pytest.approx(before, nan_ok=True)
    started = api.post("/evaluations", {"window": "june_2011", "publish": True}).json()
    finished(api, started["evaluation_id"])
    assert api.metrics()["model_rmse_score"] > 150


def test_the_log_of_the_last_hours_is_evaluated(api: Api) -> None:
    for record in week()[:40]:
        truth = record.pop("cnt")
        made = api.post("/predict", record).json()["prediction_id"]
        api.post("/feedback", {"prediction_id": made, "truth": truth})
    started = api.post("/evaluations", {"last_hours": 1}).json()
    status = finished(api, started["evaluation_id"])
    assert status["state"] == "succeeded", status["error"]
    assert status["result"]["rows"]["current"] >= 40
    assert status["result"]["rows"]["with_target"] >= 40


def test_uploads_are_evaluated_with_and_without_truth(api: Api) -> None:
    frame = pd.DataFrame(week())
    for table, with_target in ((frame, len(frame)), (frame.drop(columns="cnt"), 0)):
        answer = api.session.post(
            f"{api.url}/evaluations?evaluation_period_name=my+file",
            data=table.to_csv(index=False).encode(),
            headers={"Content-Type": "text/csv"},
            timeout=120,
        )
        status = finished(api, answer.json()["evaluation_id"])
        assert status["state"] == "succeeded", status["error"]
        assert status["name"] == "my file"
        assert status["result"]["rows"]["with_target"] == with_target
        assert (status["result"]["quality"] is None) == (with_target == 0)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"window": "nowhere"}, 404, "february_week1"),
        ({"last_hours": 0}, 400, "more than 0"),
        ({}, 400, "exactly one"),
        ({"window": "june_2011", "last_hours": 1}, 400, "exactly one"),
        ({"window": 3}, 400, "str"),
    ],
)
def test_a_wrong_wish_is_refused_at_once(api: Api, body: Any, status: int, said: str) -> None:
    answer = api.post("/evaluations", body)
    assert answer.status_code == status
    assert said in answer.text


def test_an_evaluation_is_cancelled_and_says_so(api: Api) -> None:
    ids = [
        api.post("/evaluations", {"window": "june_2011"}).json()["evaluation_id"] for _ in range(3)
    ]
    answer = api.session.delete(f"{api.url}/evaluations/{ids[2]}", timeout=120)
    assert answer.status_code == 200
    assert finished(api, ids[2])["state"] == "cancelled"
    assert finished(api, ids[0])["state"] == "succeeded"
    assert finished(api, ids[1])["state"] == "succeeded"
    again = api.session.delete(f"{api.url}/evaluations/{ids[2]}", timeout=120)
    assert again.status_code == 409
    assert api.get(f"/evaluations/{ids[2]}/report.html").status_code == 409
    page = api.get("/evaluations?state=cancelled&limit=1").json()
    assert page["evaluations"][0]["evaluation_id"] == ids[2]
    assert page["total"] >= 1


def test_predictions_and_metrics_go_on_while_an_evaluation_runs(api: Api) -> None:
    row = json.dumps(EXAMPLE | {"cnt": 1}, separators=(",", ":")).encode()
    body = b'{"data":[' + b",".join([row] * 100_000) + b"]}"
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(api.session.post, f"{api.url}/evaluate", data=body, timeout=120)
        time.sleep(0.3)
        other = Api(api.server, api.data)
        answered = 0
        while not slow.done():
            assert other.post("/predict", EXAMPLE).status_code == 200
            assert other.get("/metrics").status_code == 200
            answered += 1
    assert slow.result().status_code == 200
    assert answered > 20


def test_a_synthetic_drift_expires_to_the_last_published_values(api: Api) -> None:
    api.post("/evaluate", {"data": week()})
    published = api.metrics()
    answer = api.post("/trigger-drift", {"kind": "summer", "expires_seconds": 6})
    assert answer.status_code == 200
    assert answer.json()["synthetic"] is True
    shown = api.metrics()
    assert shown["model_rmse_score"] > 150
    assert shown["model_evaluation_synthetic"] == 1
    while (after := api.metrics())["model_evaluation_synthetic"] == 1:
        time.sleep(0.2)
    assert after["model_rmse_score"] == published["model_rmse_score"]
    assert after["model_evaluation_synthetic"] == 0
    wrong = api.post("/trigger-drift", {"kind": "flood"})
    assert wrong.status_code == 400
    assert "summer" in wrong.text


def test_openapi_names_the_schemas_and_its_examples_work(api: Api) -> None:
    document = api.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    record = schemas["BikeSharingInput"]["examples"][0]
    assert api.post("/predict", record).status_code == 200
    assert api.post("/evaluate", schemas["EvaluationInput"]["examples"][0]).status_code == 200
    assert set(schemas["BikeSharingInput"]["required"]) == set(EXAMPLE)
    needed = schemas["EvaluationReportOutput"]["required"]
    assert needed == [
        "message", "rmse", "mape", "mae", "r2score", "drift_detected", "evaluated_items",
    ]  # fmt: skip
    for path in ("/predict", "/evaluate", "/trigger-drift", "/feedback", "/evaluations"):
        assert "post" in document["paths"][path]


def test_the_service_describes_itself(api: Api) -> None:
    assert api.get("/health").json() == {"status": "ok"}
    assert api.get("/ready").json()["status"] == "ready"
    model = api.get("/model").json()
    assert (model["name"], model["task"]) == ("bike-sharing", "regression")
    assert model["training"]["training_rows"] == 688
    assert len(model["features"]) == 11
    names = {window["name"] for window in api.get("/windows").json()["windows"]}
    assert {"february_week1", "february_week2", "february_week3", "june_2011"} <= names
