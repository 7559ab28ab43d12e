"""The churn API of a running service: users, batches, truth, evaluations, its own metric names."""

import json
import math
from typing import Any

import pytest

from model_service.models.churn import data, load, months
from tests.services import Api, finished

pytestmark = pytest.mark.stack
USER = "7590-VHVEG"


def features(api: Api) -> dict[str, Any]:
    record: dict[str, Any] = api.get(f"/features/{USER}").json()
    return record


def rows(name: str, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = months.month(name).head(count).to_dict("records")  # type: ignore[assignment]
    return found


def test_the_features_of_a_user_are_those_of_the_newest_month(churn: Api) -> None:
    record = features(churn)
    assert (record["user_id"], record["snapshot_date"]) == (USER, "2024-02-29")
    assert (record["months_active"], record["net_service"]) == (1, "DSL")
    assert set(record) == {field.name for field in data.INPUTS}


def test_a_user_its_features_and_its_record_are_predicted_alike(churn: Api) -> None:
    record = features(churn)
    plain = {name: record[name] for name in data.SCHEMA.features}
    answers = [
        churn.post("/predict", body).json()
        for body in ({"user_id": USER}, {"features": plain}, record, plain)
    ]
    values = {answer["churn_probability"] for answer in answers}
    assert len(values) == 1
    assert answers[0]["prediction"] == int(values.pop() >= 0.5)
    assert [answer["user_id"] for answer in answers] == [USER, None, USER, None]


def test_predictions_are_in_the_log_with_and_without_their_user(churn: Api) -> None:
    named = churn.post("/predict", {"user_id": USER}).json()
    nameless = {name: features(churn)[name] for name in data.SCHEMA.features}
    bare = churn.post("/predict", {"features": nameless}).json()
    log = churn.get("/predictions?limit=1000").json()["predictions"]
    by_id = {row["prediction_id"]: row for row in log}
    assert by_id[named["prediction_id"]]["user_id"] == USER
    assert by_id[named["prediction_id"]]["prediction"] == named["churn_probability"]
    assert by_id[named["prediction_id"]]["net_service"] == "DSL"
    assert by_id[bare["prediction_id"]]["user_id"] is None
    assert by_id[bare["prediction_id"]]["snapshot_date"] is None


@pytest.mark.parametrize("character", ["\\ud800", "\\u0000"])
def test_text_that_no_database_keeps_is_refused_and_the_next_one_is_answered(
    churn: Api, character: str
) -> None:
    body = json.dumps(features(churn) | {"user_id": "X"}).replace('"X"', f'"{character}"')
    answer = churn.session.post(f"{churn.url}/predict", data=body, timeout=120)
    assert answer.status_code == 422
    assert "user_id" in answer.text
    assert churn.post("/predict", {"user_id": USER}).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"net_service": "Carrier pigeon"}, 422, "DSL | Fiber optic | No"),
        ({"net_service": 1}, 422, "is not text"),
        ({"months_active": -1}, 422, "0 to 600"),
        ({"monthly_fee": None}, 422, "monthly_fee: is missing"),
        ({"user_id": ""}, 422, "text of 1 to 200 characters"),
    ],
)
def test_wrong_records_are_refused_by_field(
    churn: Api, change: dict[str, Any], status: int, said: str
) -> None:
    answer = churn.post("/predict", features(churn) | change)
    assert answer.status_code == status
    assert said in answer.text


@pytest.mark.parametrize("path", ["/features/nobody", "/predict"])
def test_an_unknown_user_is_not_found(churn: Api, path: str) -> None:
    answer = churn.get(path) if path != "/predict" else churn.post(path, {"user_id": "nobody"})
    assert answer.status_code == 404
    assert "no user_id 'nobody'" in answer.text


def test_a_batch_answers_in_order_and_a_wrong_record_refuses_it_whole(churn: Api) -> None:
    users = [row["user_id"] for row in rows("month_001", 20)]
    answers = churn.post("/predict/batch", {"user_ids": users}).json()["predictions"]
    assert [answer["user_id"] for answer in answers] == users
    single = churn.post("/predict", {"user_id": users[7]}).json()
    assert answers[7]["churn_probability"] == pytest.approx(single["churn_probability"], abs=1e-6)
    record = features(churn)
    before = churn.metrics()["model_prediction_log_rows_total"]
    wrong = churn.post("/predict/batch", {"data": [record, record | {"skips_7d": 0.5}]})
    assert wrong.status_code == 422
    assert "row 1, skips_7d" in wrong.text
    assert churn.metrics()["model_prediction_log_rows_total"] == before


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"data": []}, 400, "empty"),
        ({"data": {}}, 400, "not a list"),
        ({}, 400, "user_ids"),
        ({"data": [], "user_ids": []}, 400, "user_ids"),
        ({"user_ids": [USER] * 1001}, 413, "1,000"),
        ({"user_ids": [1]}, 400, "text"),
    ],
)
def test_wrong_batches_are_refused(churn: Api, body: Any, status: int, said: str) -> None:
    answer = churn.post("/predict/batch", body)
    assert answer.status_code == status
    assert said in answer.text


def test_truth_is_0_or_1(churn: Api) -> None:
    made = churn.post("/predict", {"user_id": USER}).json()["prediction_id"]
    assert churn.post("/feedback", {"prediction_id": made, "truth": 1}).status_code == 200
    for truth, said in ((0.5, "not a whole number"), (2, "out of range")):
        answer = churn.post("/feedback", {"prediction_id": made, "truth": truth})
        assert answer.status_code == 422
        assert said in answer.text


def test_requests_are_counted_and_timed_under_both_names(churn: Api) -> None:
    labels = '{endpoint="/predict",method="POST",status_code="200"}'
    churn.post("/predict", {"user_id": USER})
    before = churn.metrics()
    churn.post("/predict", {"user_id": USER})
    after = churn.metrics()
    for name in (
        "api_requests_total",
        "api_request_latency_seconds_count",
        "api_request_duration_seconds_count",
    ):
        assert after[name + labels] == before[name + labels] + 1, name
    assert any(key.startswith("api_request_latency_seconds_bucket{") for key in after)
    version = churn.get("/model").json()["version"]
    assert after[f'model_info{{model="churn",task="binary",version="{version}"}}'] == 1
    assert not any(key.startswith(("model_candidate_info{", "model_rmse")) for key in after)


def test_evaluate_answers_scores_and_target_drift_and_publishes_them(churn: Api) -> None:
    body = {"data": rows("month_001", 7043), "evaluation_period_name": "month_001"}
    answer = churn.post("/evaluate", body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["evaluated_items"], found["drift_detected"]) == (7043, 0)
    assert (found["decision"], found["verdict"]) == ("NO_ACTION", "no drift")
    assert 0.85 < found["roc_auc"] < 0.93
    after = churn.metrics()
    assert after["model_roc_auc_score"] == pytest.approx(found["roc_auc"])
    assert after["model_target_rate_difference"] == pytest.approx(-168 / 7043)
    document = churn.get(f"/evaluations/{found['evaluation_id']}").json()["result"]
    rates = document["target_rates"]
    assert rates["pairs"] == 7043
    assert rates["lower"] < rates["difference"] < rates["upper"] < 0
    assert document["target_drift"]["role"] == "target"
    assert document["classification"]["positives"] == 1701
    assert "churn_label" not in {feature["name"] for feature in document["features"]}


def test_the_log_of_predictions_without_truth_is_evaluated_and_estimated(churn: Api) -> None:
    users = [row["user_id"] for row in rows("month_001", 400)]
    assert churn.post("/predict/batch", {"user_ids": users}).status_code == 200
    started = churn.post("/evaluations", {"last_rows": 400}).json()
    status = finished(churn, started["evaluation_id"])
    assert status["state"] == "succeeded", status
    estimated = status["result"]["estimated"]
    assert estimated["method"] == "CBPE"
    known = months.month("month_001").head(400)
    model = load(churn.data)
    right = (model.decide(model.predict_many(known)) == known["churn_label"]).mean()
    scores = {score["name"]: score for score in estimated["scores"]}
    assert scores["accuracy"]["value"] == pytest.approx(right, abs=0.06)
    assert math.isfinite(scores["roc_auc"]["value"])


def test_a_window_of_new_users_deserves_a_retrain(churn: Api) -> None:
    started = churn.post("/evaluations", {"window": "month_001_new_users"}).json()
    result = finished(churn, started["evaluation_id"])["result"]
    assert (result["verdict"], result["decision"]) == ("drift", "RETRAIN")
    # a part of the users is no set of pairs
    assert result["target_rates"]["pairs"] is None
    assert result["target_rates"]["difference"] > 0.1
