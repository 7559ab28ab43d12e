"""The prediction log's transactions: all or nothing, and a write-ahead log that does not grow."""

import asyncio
import datetime
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from model_service.errors import BadRequest
from model_service.metrics.serving import ServingMetrics
from model_service.models.bike_sharing import BikeSharing, load
from model_service.predictions import checkpoints
from model_service.predictions.checkpoints import Checkpoints
from model_service.predictions.companion import Companion
from model_service.predictions.log import PredictionLog
from model_service.predictions.log_writer import (
    Insert,
    Update,
    WriteFailed,
    Writer,
    WrongValue,
)
from model_service.predictions.tables import engine_for, log_table
from tests.postgres import Postgres
from tests.services import EXAMPLE


@pytest.fixture(scope="module")
def model(trained: Path) -> BikeSharing:
    return load(trained)


def row(prediction_id: str) -> dict[str, Any]:
    return {
        **EXAMPLE,
        "dteday": datetime.date(2011, 1, 1),
        "prediction_id": prediction_id,
        "model_version": "v",
        "received_at": 1.0,
        "event_at": 2.0,
        "prediction": 2.0,
        "truth": None,
        "truth_at": None,
    }


@pytest.fixture
def table(model: BikeSharing) -> sa.Table:
    return log_table(model)


def kept(engine: sa.Engine, table: sa.Table) -> dict[str, float | None]:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.prediction_id, table.c.truth))
        return {row.prediction_id: row.truth for row in rows}


def test_rows_and_truths_of_a_transaction_are_kept_together(
    tmp_path: Path, table: sa.Table
) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/log.db", "process")
    table.metadata.create_all(engine)
    writer = Writer(engine, table)
    updates = [Update("a", 5.0), Update("nobody", 1.0)]
    assert writer.write([Insert(row("a")), Insert(row("b"))], updates) == [True, False]
    assert kept(engine, table) == {"a": 5.0, "b": None}
    with engine.connect() as connection:
        assert connection.execute(sa.select(table.c.dteday)).scalars().first() == datetime.date(
            2011, 1, 1
        )
    writer.close()
    engine.dispose()


def test_a_transaction_that_fails_keeps_nothing_and_the_next_one_works(
    tmp_path: Path, table: sa.Table
) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/log.db", "power")
    table.metadata.create_all(engine)
    writer = Writer(engine, table)
    with pytest.raises(WriteFailed, match="UNIQUE"):
        writer.write([Insert(row("a")), Insert(row("a"))], [])
    assert kept(engine, table) == {}
    writer.write([Insert(row("a"))], [])
    assert kept(engine, table) == {"a": None}
    writer.close()
    engine.dispose()


@pytest.mark.parametrize("value", [2**63, "\ud800"])
def test_a_value_that_the_database_cannot_hold_is_told_from_an_outage(
    tmp_path: Path, table: sa.Table, value: object
) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/log.db", "process")
    table.metadata.create_all(engine)
    writer = Writer(engine, table)
    with pytest.raises(WrongValue):
        writer.write([Insert(row("a")), Insert(row("b") | {"season": value})], [])
    assert kept(engine, table) == {}
    good = row("a")
    writer.write([Insert(good)], [])
    assert good["dteday"] == datetime.date(2011, 1, 1)
    assert kept(engine, table) == {"a": None}
    writer.close()
    engine.dispose()


def test_a_row_that_cannot_be_kept_takes_no_other_with_it(
    tmp_path: Path, model: BikeSharing
) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/log.db", "process")
    metrics = ServingMetrics(CollectorRegistry(), model)
    log = PredictionLog(model, engine, metrics)
    good = tuple({**EXAMPLE, "dteday": datetime.date(2011, 1, 1)}.values())
    bad = tuple({**EXAMPLE, "dteday": datetime.date(2011, 1, 1), "season": 2**63}.values())

    async def both() -> list[BaseException | None]:
        writes = [log.append(f"p{n}", bad if n == 5 else good, 1.0) for n in range(10)]
        return await asyncio.gather(*writes, return_exceptions=True)

    answers = asyncio.run(both())
    assert [isinstance(answer, BadRequest) for answer in answers] == [n == 5 for n in range(10)]
    assert set(kept(engine, log.table)) == {f"p{n}" for n in range(10) if n != 5}
    assert metrics.registry.get_sample_value("model_prediction_log_rows_total") == 9
    log.close()
    engine.dispose()


@pytest.fixture
def companion() -> Companion:
    table = sa.Table(
        "notes",
        sa.MetaData(),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("prediction_id", sa.String(32), nullable=False, unique=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("is_sure", sa.Boolean, nullable=False),
        sa.Column("note", sa.String(20)),
    )
    return Companion(table, later=("note",))


def note(
    prediction_id: str, text: str | None = None, is_sure: bool | None = True
) -> dict[str, Any]:
    return {
        "prediction_id": prediction_id,
        "created_at": datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC),
        "model_version": "v",
        "is_sure": is_sure,
        "note": text,
    }


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_companion_row_is_committed_and_changed_with_its_prediction_or_not_at_all(
    tmp_path: Path,
    table: sa.Table,
    companion: Companion,
    database: str,
    request: pytest.FixtureRequest,
) -> None:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path}/log.db"
        if database == "postgresql":
            postgres: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(postgres.database())
        engine = engine_for(url, "process")
        stack.callback(engine.dispose)
        table.metadata.create_all(engine)
        companion.table.metadata.create_all(engine)
        writer = Writer(engine, table, companion)
        stack.callback(writer.close)
        writer.write([Insert(row("a"), note("a")), Insert(row("b"), note("b"))], [])
        updates = [Update("a", 1.0, {"note": "right"}), Update("nobody", 1.0, {"note": "lost"})]
        assert writer.write([], updates) == [True, False]
        writer.write([], [Update("a", None, {"note": "changed"}), Update("b", 2.0)])
        for wrong in (note("c", is_sure=None), note("a")):
            with pytest.raises(WriteFailed):
                writer.write([Insert(row("c"), wrong)], [Update("b", 3.0, {"note": "too soon"})])
        assert kept(engine, table) == {"a": None, "b": 2.0}
        with engine.connect() as connection:
            rows = connection.execute(sa.select(companion.table)).mappings().all()
    assert {each["prediction_id"]: each["note"] for each in rows} == {"a": "changed", "b": None}
    assert [(each["is_sure"], each["created_at"].hour) for each in rows] == [(True, 12)] * 2


def test_the_write_ahead_log_is_moved_beside_the_writer(
    tmp_path: Path, table: sa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_SECONDS", 0.05)
    engine = engine_for(f"sqlite:///{tmp_path}/log.db", "process")
    table.metadata.create_all(engine)
    writer, thread = Writer(engine, table), Checkpoints(engine)
    wal = tmp_path / "log.db-wal"
    largest = written = number = 0
    deadline = time.monotonic() + 300
    # a busy machine may let the first checkpoints wait: what counts is that the file starts anew
    while number < 2000 or largest >= written / 4:
        assert time.monotonic() < deadline, f"{largest} of {written} bytes lie in one log"
        writer.write([Insert(row(f"{number}"))], [])
        number += 1
        written = number * 4 * 4096
        largest = max(largest, wal.stat().st_size)
    assert len(kept(engine, table)) == number
    thread.close()
    writer.close()
    engine.dispose()
