"""The prediction log read by stretches, exported, pruned and upgraded; SQLite and PostgreSQL."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from evaluation.errors import NewerStore
from evaluation.store.migrations import upgrade
from model_service.models.bike_sharing import BikeSharing, data, load
from model_service.predictions import log_reader, log_retention
from model_service.predictions.log_reader import LogReader, Stretch
from model_service.predictions.tables import engine_for, log_layout, log_table

START = 1_700_000_000.0
FEBRUARY_8 = datetime.datetime(2011, 2, 8, tzinfo=datetime.UTC).timestamp()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    url = f"sqlite:///{tmp_path / 'log.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    made = engine_for(url, "process")
    yield made
    left = sa.MetaData()
    left.reflect(made)
    left.drop_all(made)
    made.dispose()


@pytest.fixture(scope="module")
def model(trained: Path) -> BikeSharing:
    return load(trained)


def rows(model: BikeSharing, start: str = "2011-02-08", end: str = "2011-02-14") -> Any:
    """Hours of 2011 that arrive one a minute, the last one first; every third has its truth."""
    found = []
    frame = data.between(start, end)
    for number, record in enumerate(frame.iloc[::-1].to_dict("records")):
        row = {field.name: record[field.name] for field in model.inputs}
        row["dteday"] = datetime.date.fromisoformat(row["dteday"])
        truth = float(record["cnt"]) if number % 3 == 0 else None
        arrived = START + 60 * number
        found.append(
            {
                **row,
                "prediction_id": f"p{number}",
                "model_version": "v",
                "received_at": arrived,
                "event_at": model.event_time(row),
                "prediction": 10.0 + number,
                "truth": truth,
                "truth_at": None if truth is None else arrived + 30 + number,
            }
        )
    return found


@pytest.fixture
def log(engine: sa.Engine, model: BikeSharing) -> sa.Engine:
    upgrade(engine, log_layout(model))
    with engine.begin() as connection:
        connection.execute(log_table(model).insert(), rows(model))
    return engine


def test_the_event_time_of_a_bike_hour_is_its_day_and_hour(model: BikeSharing) -> None:
    row = {"dteday": datetime.date(2011, 2, 8), "hr": 6}
    assert model.event_time(row) == FEBRUARY_8 + 6 * 3600


def test_a_stretch_is_read_by_arrival_oldest_first(log: sa.Engine, model: BikeSharing) -> None:
    found = LogReader(log, model).read(Stretch(START + 600, START + 1200), 100)
    assert found.identity["prediction_id"].tolist() == [f"p{n}" for n in range(10, 20)]
    assert not found.more
    assert found.frame["cnt"].notna().sum() == 3
    assert found.frame["prediction"].tolist() == [10.0 + n for n in range(10, 20)]


def test_a_stretch_is_read_by_event_time(log: sa.Engine, model: BikeSharing) -> None:
    found = LogReader(log, model).read(Stretch(FEBRUARY_8, FEBRUARY_8 + 6 * 3600, "event"), 100)
    assert [str(day) for day in found.frame["dteday"].unique()] == ["2011-02-08"]
    assert found.frame["hr"].tolist() == [0, 1, 2, 3, 4, 5]
    newest = FEBRUARY_8 + 7 * 86_400 - 3600
    last = LogReader(log, model).read(Stretch(end=START, by="event", hours=2), 100)
    assert (last.start, last.identity["event_at"].tolist()) == (
        newest - 7200, [newest - 7200, newest - 3600, newest],
    )  # fmt: skip


def test_more_rows_than_the_limit_are_the_newest_and_it_is_said(
    log: sa.Engine, model: BikeSharing
) -> None:
    found = LogReader(log, model).read(Stretch(), 5)
    total = len(rows(model))
    assert found.more
    assert found.identity["prediction_id"].tolist() == [f"p{n}" for n in range(total - 5, total)]
    assert LogReader(log, model).read(Stretch(START + 1e9), 5).frame.empty


def test_the_windows_use_their_indexes(log: sa.Engine, model: BikeSharing) -> None:
    sqlite = log.dialect.name == "sqlite"
    table = log_table(model).name
    for column, index in (
        ("received_at", "ix_predictions_bike_sharing_received_at"),
        ("event_at", "predictions_bike_sharing_event_at"),
    ):
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        asked = f"{explain} SELECT * FROM {table} WHERE {column} > 1 AND {column} < 2"
        with log.connect() as connection:
            if not sqlite:
                # it scans a table of this size rather than use an index
                connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            plan = " ".join(str(row) for row in connection.execute(sa.text(asked)))
        assert index in plan


def test_what_the_log_knows_of_its_truths(log: sa.Engine, model: BikeSharing) -> None:
    facts = LogReader(log, model).truth_facts()
    logged = rows(model)
    late = sorted(30 + n for n in range(len(logged)) if n % 3 == 0)
    assert facts.waiting == len(logged) - len(late)
    assert facts.lag_seconds == pytest.approx(late[len(late) // 2], abs=1e-3)


def test_the_log_is_exported_with_its_types(
    log: sa.Engine, model: BikeSharing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reader, "ROWS_AT_ONCE", 50)
    path = tmp_path / "log.parquet"
    count = LogReader(log, model).export(Stretch(), path)
    frame = pd.read_parquet(path)
    logged = rows(model)
    assert count == len(frame) == len(logged)
    assert frame["prediction_id"].tolist() == [row["prediction_id"] for row in logged]
    assert frame["temp"].tolist() == [row["temp"] for row in logged]
    assert frame["dteday"].tolist() == [row["dteday"] for row in logged]
    assert frame["received_at"].iloc[1] == pd.Timestamp(START + 60, unit="s", tz="UTC")
    assert frame["truth"].isna().sum() == len([row for row in logged if row["truth"] is None])
    part = LogReader(log, model).export(Stretch(START + 60, START + 180), path)
    assert part == len(pd.read_parquet(path)) == 2
    assert [found.name for found in tmp_path.iterdir() if "part" in found.name] == []


def test_old_rows_are_dropped_a_few_at_a_time(log: sa.Engine, model: BikeSharing) -> None:
    total = len(rows(model))
    assert log_retention.drop_older(log, model, START + 60 * 25, at_once=10) == 25
    left = LogReader(log, model).read(Stretch(), 10_000).identity
    assert len(left) == total - 25
    assert left["received_at"].min() == START + 60 * 25


def old_table(model: BikeSharing) -> sa.Table:
    """The log as the first version made it."""
    now = log_table(model)
    return sa.Table(
        now.name,
        sa.MetaData(),
        *(
            sa.Column(c.name, c.type, primary_key=c.primary_key, nullable=c.nullable)
            for c in now.columns
            if c.name != "event_at"
        ),
        sa.UniqueConstraint("prediction_id"),
        sa.Index(f"ix_{now.name}_received_at", "received_at"),
    )


def test_a_log_of_the_first_version_is_upgraded_in_place(
    engine: sa.Engine, model: BikeSharing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from model_service.predictions import tables

    monkeypatch.setattr(tables, "ROWS_AT_ONCE", 40)
    before = old_table(model)
    before.metadata.create_all(engine)
    logged = [{k: v for k, v in row.items() if k != "event_at"} for row in rows(model)]
    with engine.begin() as connection:
        connection.execute(before.insert(), logged)
    assert upgrade(engine, log_layout(model)) == 1
    found = LogReader(engine, model).read(Stretch(FEBRUARY_8, FEBRUARY_8 + 7200, "event"), 10)
    assert found.frame["hr"].tolist() == [0, 1]
    assert len(LogReader(engine, model).read(Stretch(by="event"), 1000).frame) == len(logged)
    names = {index["name"] for index in sa.inspect(engine).get_indexes(before.name)}
    assert {f"{before.name}_{name}" for name in ("event_at", "truth_at", "waiting")} <= names
    assert upgrade(engine, log_layout(model)) == 2


def test_a_log_of_a_later_version_is_refused(engine: sa.Engine, model: BikeSharing) -> None:
    upgrade(engine, log_layout(model))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE schema_versions SET version = 3"))
    with pytest.raises(NewerStore, match=r"predictions_bike_sharing .* have version 3"):
        upgrade(engine, log_layout(model))


def test_a_hundred_thousand_rows_are_read(tmp_path: Path, model: BikeSharing) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'log.db'}", "process")
    upgrade(engine, log_layout(model))
    some = rows(model)
    with engine.begin() as connection:
        for copy in range(100_000 // len(some) + 1):
            many = [{**row, "prediction_id": f"{copy}-{row['prediction_id']}"} for row in some]
            connection.execute(log_table(model).insert(), many)
    assert len(LogReader(engine, model).read(Stretch(), 100_000).frame) == 100_000
    engine.dispose()
