"""Waiting for a database that starts at the same time as the service."""

import logging
import threading

import pytest
import sqlalchemy as sa

from model_service.predictions.database_wait import wait_for_database
from tests.postgres import Postgres
from tests.servers import free_port

pytestmark = pytest.mark.stack


def test_a_service_waits_until_its_database_has_started(
    postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    postgres.stop()
    start = threading.Timer(1, postgres.start)
    start.start()
    with caplog.at_level(logging.WARNING):
        wait_for_database(postgres.url, 180)
    start.join()
    engine = sa.create_engine(postgres.url)
    engine.connect().close()
    engine.dispose()
    assert "waiting for the database: connection" in caplog.text


def test_the_patience_ends_and_a_file_is_not_waited_for() -> None:
    wait_for_database(f"postgresql+psycopg://me:s3cret@127.0.0.1:{free_port()}/db", 0.5)
    wait_for_database("sqlite:////nowhere/model.db", 3600)
