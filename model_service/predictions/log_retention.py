"""Delete old rows of the prediction log and of its companion table."""

import datetime
import time

import sqlalchemy as sa

from model_service.models.base import LoggedModel
from model_service.predictions.feedback_table import companion_of
from model_service.predictions.tables import log_table


def drop_older(engine: sa.Engine, model: LoggedModel, moment: float, at_once: int = 2_000) -> int:
    """Delete rows received before `moment`, and their companion rows; return how many.

    Deletes some rows at a time, so that no prediction waits long.
    """
    log, companion = log_table(model), companion_of(model)
    dropped = _drop(engine, log, log.c.received_at < moment, at_once)
    if companion is not None:
        created_at = companion.table.c.created_at
        start = datetime.datetime.fromtimestamp(moment, datetime.UTC)
        _drop(engine, companion.table, created_at < start, at_once)
    return dropped


def _drop(
    engine: sa.Engine, table: sa.Table, condition: sa.ColumnElement[bool], at_once: int
) -> int:
    some = sa.select(table.c.id).where(condition).limit(at_once)
    dropped = 0
    while True:
        with engine.begin() as connection:
            deleted = connection.execute(table.delete().where(table.c.id.in_(some))).rowcount
        dropped += deleted
        if deleted < at_once:
            return dropped
        time.sleep(0.02)
