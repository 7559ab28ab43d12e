"""PostgreSQL is killed in traffic: nothing acknowledged is lost, and the service recovers."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from tests.model_service.api import picture_files
from tests.postgres import Postgres
from tests.services import Api, serving

pytestmark = pytest.mark.stack

PROMISED_SECONDS = 10.0
CLIENTS = 3


class Traffic:
    """Clients that send pictures, and a vote for each answer, until they are stopped."""

    def __init__(self, api: Api) -> None:
        self._url = api.url
        self._stop = threading.Event()
        self.predictions: list[dict[str, Any]] = []
        self.votes: list[str] = []
        self.refusals: list[requests.Response] = []
        self._threads = [threading.Thread(target=self._send) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _send(self) -> None:
        session, number = requests.Session(), 0
        while not self._stop.is_set():
            number += 1
            content = picture_files.sample(number % 100)
            answer = session.post(f"{self._url}/predict", data=content, timeout=300)
            if not answer.ok:
                self.refusals.append(answer)
                time.sleep(0.05)
                continue
            self.predictions.append(answer.json())
            body = {"prediction_id": answer.json()["prediction_id"], "feedback": "positive"}
            vote = session.post(f"{self._url}/feedback", json=body, timeout=300)
            if vote.ok:
                self.votes.append(body["prediction_id"])
            else:
                self.refusals.append(vote)

    def wait_for_predictions(self, number: int) -> None:
        """Return after this many further predictions."""
        enough, deadline = len(self.predictions) + number, time.monotonic() + 300
        while len(self.predictions) < enough:
            assert time.monotonic() < deadline, "no predictions"
            time.sleep(0.02)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def wait_for_connection(api: Api, connected: float, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while api.metrics()["cv_database_connected"] != connected and time.monotonic() < deadline:
        time.sleep(0.1)
    assert api.metrics()["cv_database_connected"] == connected


def test_a_killed_database_loses_nothing_that_was_answered_and_the_service_recovers(
    cats_dogs_data: Path, postgres: Postgres
) -> None:
    with (
        postgres.database() as url,
        serving(cats_dogs_data, model="cats-dogs", database_url=url) as api,
    ):
        traffic = Traffic(api)
        try:
            traffic.wait_for_predictions(30)
            postgres.kill()
            wait_for_connection(api, 0, PROMISED_SECONDS)
            refused = requests.post(f"{api.url}/predict", data=picture_files.sample(), timeout=300)
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) >= 1
            assert "prediction_id" not in refused.json()
            assert api.get("/ready").status_code == 503
            assert api.get("/health").status_code == 200
        finally:
            postgres.start()
        traffic.wait_for_predictions(30)
        wait_for_connection(api, 1, 300)
        traffic.stop()
        assert {answer.status_code for answer in traffic.refusals} == {503}
        metrics = api.metrics()
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            query = (
                "SELECT prediction_id FROM predictions_feedback "
                "JOIN predictions_cats_dogs USING (prediction_id)"
            )
            both = set(connection.execute(sa.text(query)).scalars())
            positive = sa.text(f"{query} WHERE feedback = 'positive'")
            voted = set(connection.execute(positive).scalars())
        engine.dispose()
    acknowledged = {prediction["prediction_id"] for prediction in traffic.predictions}
    assert acknowledged <= both
    assert set(traffic.votes) <= voted
    # a row may be committed though its answer was lost, by at most one for each client
    assert len(both - acknowledged) <= CLIENTS
    assert metrics["model_predictions_total"] == len(acknowledged)
    assert metrics["model_prediction_log_write_failures_total"] >= 1
