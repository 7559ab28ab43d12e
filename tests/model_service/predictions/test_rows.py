"""Rows from bytes: what is wrong is named by row, field, value and range."""

import copy
import decimal
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from model_service.errors import BadRequest, InvalidRows, TooLarge
from model_service.models.base import Field
from model_service.models.bike_sharing import BikeSharing, load
from model_service.predictions import rows
from model_service.predictions.formats import CSV, JSON, PARQUET
from model_service.predictions.row_decoder import RowDecoder
from tests.services import EXAMPLE, week


@pytest.fixture(scope="module")
def model(trained: Path) -> BikeSharing:
    return load(trained)


def decode(model: BikeSharing, body: bytes) -> tuple[Any, ...]:
    return RowDecoder(model.inputs).decode(body)


def test_a_right_record_gives_its_values_in_the_order_of_the_inputs(model: BikeSharing) -> None:
    values = decode(model, json.dumps(EXAMPLE).encode())
    assert values[:4] == (0.24, 0.2879, 0.81, 0.0)
    assert str(values[-1]) == "2011-01-01"


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("hr", 24, "0 to 23"),
        ("hr", -1, "0 to 23"),
        ("hr", 5.5, "0 to 23"),
        ("hr", "5", "0 to 23"),
        ("hr", True, "0 to 23"),
        ("hr", None, "0 to 23"),
        ("hr", 10**30, "0 to 23"),
        ("mnth", 13, "1 to 12"),
        ("weathersit", 0, "1 to 4"),
        ("hum", 1.01, "0 to 1"),
        ("hum", float("nan"), "0 to 1"),
        ("hum", float("inf"), "0 to 1"),
        ("hum", [0.5], "0 to 1"),
        ("dteday", "2011-02-30", "an ISO date such as 2011-02-08"),
        ("dteday", "08.02.2011", "an ISO date such as 2011-02-08"),
        ("dteday", 20110208, "an ISO date such as 2011-02-08"),
    ],
)
def test_a_wrong_field_is_named_with_its_value_and_range(
    model: BikeSharing, field: str, value: Any, allowed: str
) -> None:
    body = json.dumps(EXAMPLE | {field: value}).encode()
    with pytest.raises(InvalidRows) as caught:
        decode(model, body)
    (entry,) = caught.value.detail
    assert entry["loc"] == ["body", field]
    assert entry["field"] == field
    assert entry["allowed"] == allowed
    assert field in entry["msg"]
    json.dumps(entry, allow_nan=False)


def test_every_missing_field_is_named(model: BikeSharing) -> None:
    with pytest.raises(InvalidRows) as caught:
        decode(model, b"{}")
    assert {entry["field"] for entry in caught.value.detail} == set(EXAMPLE)


def test_an_unknown_field_does_not_stop_a_prediction(model: BikeSharing) -> None:
    body = json.dumps(EXAMPLE | {"surprise": 1}).encode()
    assert decode(model, body) == decode(model, json.dumps(EXAMPLE).encode())


@pytest.mark.parametrize("body", [b"", b"hello", b"{", b"[1,2]", b'"text"', b"\xff\xfe", b"null"])
def test_what_is_no_json_object_is_a_bad_request(model: BikeSharing, body: bytes) -> None:
    with pytest.raises(BadRequest):
        decode(model, body)


def test_wrong_rows_are_counted_and_the_first_hundred_are_named(model: BikeSharing) -> None:
    wrong = [EXAMPLE | {"hr": 99, "cnt": 1}] * 150
    with pytest.raises(InvalidRows) as caught:
        rows.read(json.dumps({"data": wrong}).encode(), JSON, model, 1000, need_truth=True)
    assert caught.value.total == 150
    assert len(caught.value.detail) == 100
    assert caught.value.detail[7]["loc"] == ["body", "data", 7, "hr"]
    assert caught.value.detail[7]["row"] == 7


def test_rows_without_truth_are_refused_where_it_is_needed(model: BikeSharing) -> None:
    body = json.dumps({"data": [EXAMPLE]}).encode()
    with pytest.raises(InvalidRows) as caught:
        rows.read(body, JSON, model, 10, need_truth=True)
    assert caught.value.detail[0]["field"] == "cnt"
    assert len(rows.read(body, JSON, model, 10, need_truth=False).frame) == 1


def test_unknown_fields_are_ignored_and_reported(model: BikeSharing) -> None:
    body = json.dumps({"data": [EXAMPLE | {"cnt": 3, "casual": 1, "yr": 0}]}).encode()
    assert rows.read(body, JSON, model, 10, need_truth=True).ignored_fields == ["casual", "yr"]


def test_too_many_rows_are_refused_with_the_limit(model: BikeSharing) -> None:
    body = json.dumps({"data": [EXAMPLE | {"cnt": 3}] * 11}).encode()
    with pytest.raises(TooLarge, match="11 rows are more than the limit of 10 rows"):
        rows.read(body, JSON, model, 10, need_truth=True)


@pytest.mark.parametrize("body", [b'{"rows": []}', b'{"data": 3}', b'{"data": [3]}', b"[]"])
def test_a_body_without_rows_is_a_bad_request(model: BikeSharing, body: bytes) -> None:
    with pytest.raises(BadRequest):
        rows.read(body, JSON, model, 10, need_truth=True)


def test_no_rows_at_all_are_refused(model: BikeSharing) -> None:
    with pytest.raises(InvalidRows, match="no rows"):
        rows.read(b'{"data": []}', JSON, model, 10, need_truth=True)


def test_json_csv_and_parquet_of_the_same_rows_are_the_same(model: BikeSharing) -> None:
    records = week()
    frame = pd.DataFrame(records)
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    read = [
        rows.read(json.dumps({"data": records}).encode(), JSON, model, 999, need_truth=True),
        rows.read(frame.to_csv(index=False).encode(), CSV, model, 999, need_truth=True),
        rows.read(parquet.getvalue(), PARQUET, model, 999, need_truth=True),
    ]
    for other in read[1:]:
        pd.testing.assert_frame_equal(other.frame, read[0].frame, check_dtype=False)


def test_a_csv_is_checked_by_row_and_a_missing_column_is_named(model: BikeSharing) -> None:
    frame = pd.DataFrame(week())
    frame.loc[5, "hum"] = 7.0
    with pytest.raises(InvalidRows, match=r"row 5, hum: 7\.0 is out of range; allowed is 0 to 1"):
        rows.read(frame.to_csv(index=False).encode(), CSV, model, 999, need_truth=True)
    with pytest.raises(InvalidRows, match="column hum is missing"):
        text = frame.drop(columns="hum").to_csv(index=False).encode()
        rows.read(text, CSV, model, 999, need_truth=True)


@pytest.mark.parametrize("kind", [CSV, PARQUET])
def test_what_is_no_such_file_is_a_bad_request(model: BikeSharing, kind: str) -> None:
    with pytest.raises((BadRequest, InvalidRows)):
        rows.read(b"\x00\x01\x02 nothing", kind, model, 999, need_truth=False)


def test_decimals_of_a_database_are_numbers(model: BikeSharing) -> None:
    frame = pd.DataFrame(week())
    frame["temp"] = pd.Series([decimal.Decimal("0.50")] * len(frame), dtype=object)
    upload = io.BytesIO()
    frame.to_parquet(upload)
    found = rows.read(upload.getvalue(), PARQUET, model, 1000, need_truth=True)
    assert found.frame["temp"].tolist() == [0.5] * len(frame)


def test_a_csv_with_a_number_past_every_float_is_a_bad_request(model: BikeSharing) -> None:
    text = pd.DataFrame(week()).astype({"cnt": object}).assign(cnt="9" * 400).to_csv(index=False)
    with pytest.raises(BadRequest, match="CSV"):
        rows.read(text.encode(), CSV, model, 1000, need_truth=True)


def with_field(model: BikeSharing, field: Field) -> Any:
    """The model with one more input, the way a model of a user's own may have it."""
    other = copy.copy(model)
    other.inputs = (*model.inputs, field)
    return other


@pytest.mark.parametrize("kind", [JSON, CSV])
def test_a_whole_number_without_a_range_keeps_all_its_digits(model: BikeSharing, kind: str) -> None:
    number = 2**53 + 1
    wide = with_field(model, Field("account", "int", "Account", number))
    records = [EXAMPLE | {"account": number, "cnt": None}, EXAMPLE | {"account": 5, "cnt": 3.0}]
    body = json.dumps({"data": records}).encode()
    if kind == CSV:
        body = pd.DataFrame(records).to_csv(index=False).encode()
    frame = rows.read(body, kind, wide, 10, need_truth=False).frame
    assert frame["account"].tolist() == [number, 5]
    assert frame["cnt"].isna().tolist() == [True, False]
    row = json.dumps(EXAMPLE | {"account": number, "hr": 5.0}).encode()
    values = RowDecoder(wide.inputs).decode(row)
    assert (values[-1], values[5]) == (number, 5)


def test_a_truth_that_is_nan_is_missing_where_it_may_be_missing(model: BikeSharing) -> None:
    counted = copy.copy(model)
    counted.truth = Field("cnt", "int", "Bikes", 16, 0)
    body = json.dumps({"data": [EXAMPLE | {"cnt": float("nan")}]}).encode()
    frame = rows.read(body, JSON, counted, 10, need_truth=False).frame
    assert frame["cnt"].isna().all()
    with pytest.raises(InvalidRows, match="cnt: 'nan' is not finite"):
        rows.read(body, JSON, counted, 10, need_truth=True)


@pytest.mark.parametrize(
    "text", ["\ud800", "\x00", "", "a" * 201], ids=["surrogate", "nul", "empty", "long"]
)
def test_a_text_that_cannot_be_stored_is_named(model: BikeSharing, text: str) -> None:
    wide = with_field(model, Field("note", "text", "Note", "x"))
    body = json.dumps(EXAMPLE | {"note": text}).encode()
    with pytest.raises(InvalidRows, match=r"note: .* (can't be stored|is empty or too long)"):
        RowDecoder(wide.inputs).decode(body)
