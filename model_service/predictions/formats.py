"""The formats of rows in a request: JSON, CSV and Parquet, parsed but not yet checked."""

import datetime
import decimal
import io
import json
from typing import Any

import msgspec
import pandas as pd

from model_service.errors import BadRequest, FieldError, InvalidRows

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"
# of pictures
ZIP = "application/zip"


def parse_json(body: bytes) -> Any:
    """Parse JSON as Python does: NaN is accepted here, so that its field can be named later."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None


def read_json_outline(body: bytes) -> list[dict[str, Any]]:
    """Return the field names of each row in {"data": [...]}, without reading their values.

    Raises BadRequest for another structure, and InvalidRows if there are no rows.
    """
    outline: Any = msgspec.defstruct("Outline", [("data", list[dict[str, msgspec.Raw]])])
    try:
        rows: list[dict[str, Any]] = msgspec.json.decode(body, type=outline).data
    except (msgspec.MsgspecError, RecursionError):
        rows = _rows_of(parse_json(body))
    if not rows:
        message = "data: no rows; send at least one"
        raise InvalidRows([FieldError(None, "data", [], "at least one row", message)], 1, ("body",))
    return rows


def _rows_of(content: Any) -> list[dict[str, Any]]:
    if not isinstance(content, dict) or "data" not in content:
        raise BadRequest(
            'The body has no "data": send {"data": [rows], "evaluation_period_name": "..."}.'
        )
    rows = content["data"]
    if not isinstance(rows, list):
        raise BadRequest('"data" is not a list: send {"data": [rows]}.')
    for number, record in enumerate(rows):
        if not isinstance(record, dict):
            raise BadRequest(f'"data"[{number}] is not a record: send one object for each row.')
    return rows


def read_file(body: bytes, content_type: str) -> pd.DataFrame:
    """Return the rows of a CSV or Parquet file, column names as text. Raises BadRequest."""
    frame = _read_parquet(body) if content_type == PARQUET else _read_csv(body)
    if frame.empty:
        raise BadRequest("The upload has no rows.")
    frame.columns = frame.columns.astype(str)
    return frame


def _read_csv(body: bytes) -> pd.DataFrame:
    try:
        return pd.read_csv(io.BytesIO(body))
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"The upload is not a CSV file with a header line: {error}.") from None


def _read_parquet(body: bytes) -> pd.DataFrame:
    import pyarrow

    try:
        return pd.read_parquet(io.BytesIO(body))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise BadRequest(f"The upload is not a Parquet file: {error}.") from None


def python_value(value: Any) -> Any:
    """Return what JSON would have: an ISO date for a time, a float for a decimal."""
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    return float(value) if isinstance(value, decimal.Decimal) else value
