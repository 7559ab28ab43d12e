"""The table of predictions and feedback, on SQLite and PostgreSQL, and the counters beside it."""

import datetime
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from promql import cats_dogs
from tests import servers
from tests.model_service.api import picture_files
from tests.postgres import Postgres
from tests.services import Api, serving

pytestmark = pytest.mark.stack

# so high that some cats and dogs are below
LOW_CONFIDENCE = 0.98


@dataclass
class DatabaseService:
    """A service, the engine of its database, and a Prometheus that scrapes it."""

    api: Api
    engine: sa.Engine
    prometheus: servers.Server

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.text(query)).mappings()]

    def row(self, prediction_id: str) -> dict[str, Any]:
        """Return the row of a prediction in both tables."""
        (row,) = self.rows(
            "SELECT * FROM predictions_cats_dogs JOIN predictions_feedback USING (prediction_id) "
            f"WHERE prediction_id = '{prediction_id}'"
        )
        return row

    def query(self, expression: str) -> float:
        url = f"{self.prometheus.url}/api/v1/query"
        result = requests.get(url, {"query": expression}, timeout=60).json()["data"]["result"]
        return float(result[0]["value"][1]) if result else -1.0


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def service(
    request: pytest.FixtureRequest,
    trained_cats_dogs: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[DatabaseService]:
    folder = tmp_path_factory.mktemp(request.param) / "data"
    shutil.copytree(trained_cats_dogs, folder)
    with ExitStack() as stack:
        url = f"sqlite:///{folder}/cats-dogs.db"
        if request.param == "postgresql":
            postgres: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(postgres.database())
        running = serving(
            folder, model="cats-dogs", low_confidence=str(LOW_CONFIDENCE), database_url=url
        )
        api = stack.enter_context(running)
        address = {"cats-dogs": api.server.address}
        prometheus = stack.enter_context(servers.prometheus(address))
        engine = sa.create_engine(url)
        stack.callback(engine.dispose)
        yield DatabaseService(api, engine, prometheus)


def predict(api: Api, number: int, label: str = "cat", user: str = "a browser") -> dict[str, Any]:
    content = picture_files.sample(number, label)
    headers = {"User-Agent": user}
    answer = api.session.post(f"{api.url}/predict", data=content, headers=headers, timeout=300)
    assert answer.status_code == 200, answer.text
    return {**answer.json(), "image_bytes": len(content)}


def vote(api: Api, prediction: dict[str, Any], feedback: str, **fields: Any) -> requests.Response:
    body = {"prediction_id": prediction["prediction_id"], "feedback": feedback, **fields}
    return api.post("/feedback", body)


def test_the_ratio_of_low_confidence_is_the_same_by_sql_and_by_promql(
    service: DatabaseService,
) -> None:
    deadline = time.monotonic() + 300
    while service.query("sum(cv_predictions_total)") != 0:
        assert time.monotonic() < deadline, "Prometheus has no scrape"
        time.sleep(0.1)
    for number in range(30):
        predict(service.api, number, "cat" if number % 3 else "dog")
    while service.query("sum(cv_predictions_total)") != 30:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    (row,) = service.rows(
        "SELECT count(*) AS predictions, sum(CASE WHEN low_confidence THEN 1 ELSE 0 END) AS low "
        "FROM predictions_feedback"
    )
    assert row["predictions"] == 30
    assert 0 < row["low"] < 30
    ratio = service.query(cats_dogs.LOW_CONFIDENCE_RATIO.matching(window="10m"))
    assert ratio == pytest.approx(row["low"] / 30)
    metrics = service.api.metrics()
    assert metrics["cv_low_confidence_predictions_total"] == row["low"]
    classes = {
        each["predicted_class"]: each["number"]
        for each in service.rows(
            "SELECT predicted_class, count(*) AS number FROM predictions_feedback "
            "GROUP BY predicted_class"
        )
    }
    for name in ("cat", "dog", "neither"):
        counted = metrics[f'cv_predictions_total{{predicted_class="{name}"}}']
        assert counted == classes.get(name, 0)


def test_a_prediction_is_a_row_of_both_tables_with_the_values_of_the_answer(
    service: DatabaseService,
) -> None:
    before = service.api.metrics()
    prediction = predict(service.api, 40, "dog")
    row = service.row(prediction["prediction_id"])
    for name in (
        "proba_cat", "proba_dog", "confidence", "low_confidence", "inference_time_ms",
        "model_version", "image_bytes",
    ):  # fmt: skip
        assert row[name] == prediction[name], name
    assert (row["predicted_class"], row["prediction"]) == ("dog", 1.0)
    created_at = row["created_at"]
    if isinstance(created_at, str):
        created_at = datetime.datetime.fromisoformat(created_at).replace(tzinfo=datetime.UTC)
    assert created_at.timestamp() == pytest.approx(row["received_at"], abs=0.001)
    for name in ("feedback", "label", "comment", "feedback_at", "truth"):
        assert row[name] is None
    after = service.api.metrics()
    for name, rise in (
        ("model_predictions_total", 1), ("model_prediction_value_sum", row["confidence"]),
        ("cv_image_size_bytes_count", 1), ("cv_image_size_bytes_sum", row["image_bytes"]),
        ("cv_inference_time_seconds_count", 1),
        ("cv_inference_time_seconds_sum", row["inference_time_ms"] / 1000),
    ):  # fmt: skip
        assert after[name] - before[name] == pytest.approx(rise, abs=1e-5), name
    assert after["cv_database_connected"] == 1


def test_users_are_told_apart_by_a_hash_and_no_address_is_stored(service: DatabaseService) -> None:
    before = service.api.metrics()["cv_unique_users"]
    users = ("a phone", "a tablet", "a phone")
    predictions = [predict(service.api, number, user=user) for number, user in enumerate(users)]
    hashes = [service.row(each["prediction_id"])["user_hash"] for each in predictions]
    assert hashes[0] == hashes[2] != hashes[1]
    assert all(len(each) == 32 and int(each, 16) for each in hashes)
    assert service.api.metrics()["cv_unique_users"] == before + 2
    session = service.api.session
    session.headers["X-Forwarded-For"] = "203.0.113.7"
    forwarded = predict(service.api, 0, user="a phone")
    del session.headers["X-Forwarded-For"]
    row = service.row(forwarded["prediction_id"])
    assert row["user_hash"] not in hashes
    assert "203.0.113.7" not in str(row)
    assert "a phone" not in str(row)


def test_a_label_is_ground_truth_and_later_feedback_replaces_it(service: DatabaseService) -> None:
    api = service.api
    cat = predict(api, 50)
    before = api.metrics()
    assert vote(api, cat, "negative", label="dog", comment="a small dog").status_code == 200
    row = service.row(cat["prediction_id"])
    assert (row["feedback"], row["label"], row["comment"], row["truth"]) == (
        "negative", "dog", "a small dog", 1.0,
    )  # fmt: skip
    assert row["truth_at"] is not None
    assert row["feedback_at"] is not None
    assert vote(api, cat, "positive").json()["status"] == "recorded"
    row = service.row(cat["prediction_id"])
    assert row["feedback"] == "positive"
    assert [row[name] for name in ("label", "comment", "truth", "truth_at")] == [None] * 4
    # a repeated click is not a second vote
    assert vote(api, cat, "positive", label="cat").status_code == 200
    assert service.row(cat["prediction_id"])["truth"] == 0.0
    after = api.metrics()
    for kind in ("positive", "negative"):
        name = f'cv_user_feedback_total{{feedback_type="{kind}"}}'
        assert after[name] - before[name] == 1
    name = 'model_feedback_total{kind="truth"}'
    assert after[name] - before[name] == 2


def test_the_summary_counts_the_votes_as_they_are_now(service: DatabaseService) -> None:
    api = service.api
    before = api.get("/feedback").json()
    for number in range(3):
        vote(api, predict(api, 60 + number), "positive")
    vote(api, predict(api, 63), "negative", label="neither")
    after = api.get("/feedback").json()
    assert after["positive"] - before["positive"] == 3
    assert after["negative"] - before["negative"] == 1
    assert after["with_label"] - before["with_label"] == 1
    assert after["agreement"] == after["positive"] / (after["positive"] + after["negative"])


def test_wrong_feedback_is_rejected_with_its_reason_and_changes_nothing(
    service: DatabaseService,
) -> None:
    api = service.api
    cat = predict(api, 70)
    unknown = {"prediction_id": "0" * 32}
    for prediction, feedback, fields, status, text in (
        (unknown, "positive", {}, 404, "no prediction"),
        (cat, "perhaps", {}, 400, "feedback"),
        (cat, "negative", {"label": "cow"}, 422, "cat | dog | neither"),
        (cat, "negative", {"label": "cat"}, 422, "contradicts"),
        (cat, "positive", {"label": "dog"}, 422, "contradicts"),
        (cat, "positive", {"comment": "x" * 2001}, 400, "comment"),
        (cat, "positive", {"comment": "\0"}, 400, "comment"),
    ):  # fmt: skip
        answer = vote(api, prediction, feedback, **fields)
        assert answer.status_code == status, answer.text
        assert text in answer.text
    row = service.row(cat["prediction_id"])
    assert (row["feedback"], row["truth"]) == (None, None)
