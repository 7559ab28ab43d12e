"""Read rows of the prediction log and of its companion table as they are."""

import datetime
from typing import Any

import sqlalchemy as sa


def page(engine: sa.Engine, table: sa.Table, limit: int, last_id: int = 0) -> list[dict[str, Any]]:
    """Return the rows after the id `last_id`, oldest first, at most `limit`."""
    query = table.select().where(table.c.id > last_id).order_by(table.c.id).limit(limit)
    with engine.connect() as connection:
        return [_readable(dict(row)) for row in connection.execute(query).mappings()]


def row_of(engine: sa.Engine, table: sa.Table, prediction_id: str) -> dict[str, Any] | None:
    """Return the row of a prediction, or None."""
    query = table.select().where(table.c.prediction_id == prediction_id)
    with engine.connect() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _readable(dict(row))


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    for name, value in row.items():
        if isinstance(value, datetime.date):
            row[name] = value.isoformat()
    return row
