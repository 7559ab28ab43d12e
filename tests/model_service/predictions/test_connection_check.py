"""The check of the database: an outage shows within ten seconds, its end too."""

import time

import pytest
import sqlalchemy as sa

from model_service.predictions.connection_check import ConnectionCheck
from tests.postgres import Postgres

PROMISED_SECONDS = 10.0

pytestmark = pytest.mark.stack


def is_connected_after_the_promised_time(check: ConnectionCheck) -> bool:
    deadline = time.monotonic() + PROMISED_SECONDS
    while check.is_connected() and time.monotonic() < deadline:
        time.sleep(0.05)
    return check.is_connected()


def wait_until_connected(check: ConnectionCheck) -> None:
    deadline = time.monotonic() + 300
    while not check.is_connected():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_database_that_is_killed_or_hangs_is_not_connected_within_ten_seconds(
    postgres: Postgres,
) -> None:
    table = sa.Table("rows", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    with postgres.database() as url:
        engine = sa.create_engine(url)
        table.metadata.create_all(engine)
        engine.dispose()
        check = ConnectionCheck(url, table)
        check.start()
        assert check.is_connected()
        with postgres.paused():
            assert not is_connected_after_the_promised_time(check)
        wait_until_connected(check)
        postgres.kill()
        try:
            assert not is_connected_after_the_promised_time(check)
        finally:
            postgres.start()
        wait_until_connected(check)
        check.stop()
