"""What is evaluated, and against what: windows of known data, of uploads and of the log."""

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest

from evaluation.messages import ENGLISH
from evaluation.result import message
from evaluation.store.migrations import upgrade
from model_service.errors import BadRequest, NotFound
from model_service.evaluations.data import (
    EmptyWindow,
    RowStore,
    SideRows,
    read_rows,
)
from model_service.evaluations.images.files import ImageLimits
from model_service.evaluations.request import EvaluationRequest
from model_service.evaluations.request_body import check, parse_reference, parse_request
from model_service.evaluations.uploads import Uploads
from model_service.models.bike_sharing import BikeSharing, data, load
from model_service.models.outputs import with_predictions
from model_service.predictions.formats import CSV, PARQUET
from model_service.predictions.log_reader import LogReader
from model_service.predictions.tables import engine_for, log_layout, log_table
from tests.model_service.predictions.test_log_reader import START, rows

NOW = START + 100_000
LIMITS = ImageLimits(files=100, total_bytes=2**20, file_bytes=2**20)


@pytest.fixture(scope="module")
def model(trained: Path) -> BikeSharing:
    return load(trained)


@pytest.fixture
def store(tmp_path: Path, model: BikeSharing) -> Iterator[RowStore]:
    """A log of the hours of 8 to 14 February, one arriving each minute, the last hour first."""
    engine = engine_for(f"sqlite:///{tmp_path / 'log.db'}", "process")
    upgrade(engine, log_layout(model))
    with engine.begin() as connection:
        connection.execute(log_table(model).insert(), rows(model))
    yield RowStore(
        LogReader(engine, model), tmp_path, Uploads(tmp_path / "uploads"), 10_000, LIMITS
    )
    engine.dispose()


def checked(model: BikeSharing, **fields: Any) -> EvaluationRequest:
    request = parse_request(msgspec.json.encode(fields))
    check(request, model)
    return request


def read(store: RowStore, model: BikeSharing, **fields: Any) -> SideRows:
    return read_rows(checked(model, **fields).choices(NOW)[0], model, store)


def read_both(store: RowStore, model: BikeSharing, **fields: Any) -> tuple[SideRows, pd.DataFrame]:
    request = checked(model, **fields)
    choices = request.choices(NOW)
    current = read_rows(choices[0], model, store)
    reference = read_rows(choices[1], model, store, current)
    return current, with_predictions(reference.frame, model)


def upload(store: RowStore, frame: pd.DataFrame, kind: str) -> str:
    path = store.incoming / "draft"
    if kind == CSV:
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    return store.uploads.keep(path, kind)


def test_the_last_hours_by_arrival_end_at_the_request(store: RowStore, model: BikeSharing) -> None:
    hours = (NOW - START) / 3600
    current = read(store, model, last_hours=hours - 1)
    assert current.identity is not None
    assert current.identity["received_at"].min() == START + 3600
    request = checked(model, last_hours=hours - 1)
    assert request.words() == f"prediction log, last {hours - 1:g} h"


def test_the_last_hours_by_event_time_end_at_the_newest_event(
    store: RowStore, model: BikeSharing
) -> None:
    current = read(store, model, last_hours=23, by="event")
    assert set(current.frame["dteday"].astype(str)) == {"2011-02-14"}
    assert len(current.frame) == 24


def test_the_last_rows_are_the_newest_of_either_clock(store: RowStore, model: BikeSharing) -> None:
    by_arrival = read(store, model, last_rows=3)
    assert set(by_arrival.frame["dteday"].astype(str)) == {"2011-02-08"}
    by_event = read(store, model, last_rows=3, by="event")
    assert by_event.frame["hr"].tolist() == [21, 22, 23]
    assert len(by_arrival.frame) == len(by_event.frame) == 3


def test_an_interval_of_the_log_by_event_time(store: RowStore, model: BikeSharing) -> None:
    current = read(
        store, model, interval={"start": "2011-02-09", "end": "2011-02-10T12:00"}, by="event"
    )
    hours = data.between("2011-02-09", "2011-02-10")
    # the data lack two hours of these days
    expected = hours[(hours["dteday"] < "2011-02-10") | (hours["hr"] < 12)]
    assert current.frame["hr"].tolist() == expected["hr"].tolist()
    known = current.frame["cnt"].notna()
    assert current.frame["cnt"][known].tolist() == expected["cnt"][known.tolist()].tolist()
    assert 0 < known.sum() < len(expected)
    open_ended = read(store, model, interval={"start": "2011-02-14T22:00:00+00:00"}, by="event")
    assert open_ended.frame["hr"].tolist() == [22, 23]


def test_a_window_with_more_rows_than_the_limit_has_a_warning(
    store: RowStore, model: BikeSharing
) -> None:
    few = dataclasses.replace(store, max_rows=10)
    current = read(few, model, last_hours=8_000)
    assert len(current.frame) == 10
    assert current.warnings == [message("rows.cut", limit=10, side="current")]
    assert "more than 10 rows" in ENGLISH.sentence(current.warnings[0])
    assert read(few, model, last_rows=10).warnings == []


def test_an_empty_window_is_an_error_that_names_it(store: RowStore, model: BikeSharing) -> None:
    with pytest.raises(EmptyWindow, match=r"last 0\.01 h"):
        read(store, model, last_hours=0.01)


def reference_of(
    store: RowStore, model: BikeSharing, current: Any, **reference: Any
) -> pd.DataFrame:
    return read_both(store, model, **current, reference=reference)[1]


def test_the_reference_is_the_training_data_unless_it_is_named(
    store: RowStore, model: BikeSharing
) -> None:
    assert len(reference_of(store, model, {"window": "february_week2"})) == 688
    week = reference_of(store, model, {"window": "february_week2"}, window="february_week1")
    assert len(week) == len(model.window("february_week1"))
    expected = model.predict_many(week[list(model.schema.features)])
    assert week["prediction"].tolist() == expected.tolist()


def test_the_reference_may_be_the_same_hours_and_weekdays_of_an_earlier_period(
    store: RowStore, model: BikeSharing
) -> None:
    of = {"interval": {"start": "2011-02-09T06:00", "end": "2011-02-09T08:00"}, "by": "event"}
    alike = reference_of(store, model, of, match="hours")
    assert set(zip(alike["hr"], alike["weekday"], strict=True)) == {(6, 3), (7, 3)}
    # four Wednesdays of January, two hours each, one of them without a row
    assert 6 <= len(alike) <= 8


def test_the_reference_may_be_the_same_season_of_an_earlier_period(
    store: RowStore, model: BikeSharing
) -> None:
    alike = reference_of(store, model, {"window": "june_2011"}, window="march_2011", match="season")
    assert set(alike["season"]) <= set(model.window("june_2011")["season"])
    assert 0 < len(alike) < len(model.window("march_2011"))
    with pytest.raises(EmptyWindow, match="same season"):
        reference_of(store, model, {"window": "june_2011"}, match="season")


def test_the_reference_may_be_the_hours_before_a_live_window(
    store: RowStore, model: BikeSharing
) -> None:
    of = {"interval": {"start": "2011-02-10"}, "by": "event"}
    before = reference_of(store, model, of, hours_before=24)
    assert set(before["dteday"].astype(str)) == {"2011-02-09"}
    rows_before = reference_of(store, model, {"last_rows": 30, "by": "event"}, hours_before=2)
    assert rows_before["hr"].tolist() == [16, 17]


def test_the_reference_may_be_an_interval_of_the_log(store: RowStore, model: BikeSharing) -> None:
    of = {"interval": {"start": "2011-02-10"}, "by": "event"}
    current = reference_of(store, model, of, interval={"end": "2011-02-09"})
    assert set(current["dteday"].astype(str)) == {"2011-02-08"}
    assert "prediction" in current.columns


@pytest.mark.parametrize("kind", [CSV, PARQUET])
def test_uploaded_files_are_reference_and_current(
    store: RowStore, model: BikeSharing, kind: str
) -> None:
    frame = model.window("february_week1")
    first = upload(store, frame.drop(columns="cnt"), kind)
    second = upload(store, frame.iloc[:50], kind)
    current, reference = read_both(store, model, upload=first, reference={"upload": second})
    assert len(current.frame) == len(frame)
    assert current.frame["cnt"].isna().all()
    assert len(reference) == 50
    assert math.isclose(reference["cnt"].sum(), frame["cnt"].iloc[:50].sum())


@pytest.mark.parametrize(
    ("fields", "error", "message_part"),
    [
        ({"window": "x"}, NotFound, "no window 'x'"),
        ({"window": "june_2011", "reference": {"window": "x"}}, NotFound, "no window 'x'"),
        ({"window": "june_2011", "reference": {"match": "moon"}}, BadRequest, "season: season"),
        ({"window": "june_2011", "reference": {"hours_before": 3}}, BadRequest, "needs current"),
        ({"window": "june_2011", "reference": {"days": 3}}, BadRequest, "days"),
        (
            {"last_rows": 5, "reference": {"window": "june_2011", "hours_before": 3}},
            BadRequest,
            "Give at most one reference",
        ),
        ({"last_rows": 0}, BadRequest, "1 or more"),
        ({"last_hours": -1}, BadRequest, "more than 0"),
        ({"interval": {}}, BadRequest, "needs a"),
        ({"interval": {"start": "2011-02-30"}}, BadRequest, "not an ISO date"),
        ({"interval": {"start": "2011-02-03", "end": "2011-02-03"}}, BadRequest, "not after"),
        ({"last_rows": 5, "window": "june_2011"}, BadRequest, "exactly one"),
        ({"last_rows": 5, "by": "moonlight"}, BadRequest, "moonlight"),
        ({"last_rows": 5, "tags": ["x"] * 21}, BadRequest, "at most 20 tags"),
        ({"last_rows": 5, "comment": "x" * 4001}, BadRequest, "4,000"),
        ({"upload": "../../etc/passwd"}, NotFound, "no upload"),
    ],
)
def test_a_wrong_request_is_rejected_with_the_reason(
    store: RowStore, model: BikeSharing, fields: Any, error: type[Exception], message_part: str
) -> None:
    with pytest.raises(error, match=message_part):
        read(store, model, **fields)


def test_a_reference_beside_a_file_is_a_name_or_json() -> None:
    assert parse_reference(None).words() == "training data"
    assert parse_reference("june_2011").window == "june_2011"
    assert parse_reference('{"match": "hours"}').words() == "training data, same hours"
    with pytest.raises(BadRequest, match="reference"):
        parse_reference('{"moon": 1}')


def test_a_request_comes_back_from_the_store_as_it_was() -> None:
    fields = parse_request(
        b'{"last_hours": 24, "by": "event", "tags": ["a"], "reference": {"hours_before": 48}}'
    )
    again = msgspec.json.decode(msgspec.json.encode(fields), type=EvaluationRequest)
    assert again == fields


def test_an_invalid_row_of_the_log_is_named(store: RowStore, model: BikeSharing) -> None:
    from evaluation import evaluate
    from evaluation.errors import ValueTooLarge

    table = log_table(model)
    with store.log.engine.begin() as connection:
        connection.execute(
            table.update().where(table.c.prediction_id == "p5").values(windspeed=1e300)
        )
    current, reference = read_both(store, model, last_rows=1000)
    with pytest.raises(ValueTooLarge, match="windspeed of the current data holds 1e"):
        evaluate(reference, current.frame, model.schema, evidently=False)
