"""Write transactions of the prediction log, with statements that are compiled once.

SQLAlchemy compiles them for its dialect; the rows then go directly to the driver, because
SQLAlchemy's own execution costs more than the commit that every prediction waits for.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from model_service.predictions.companion import Companion

log = logging.getLogger(__name__)


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Insert:
    """The row of a prediction, and its row in the companion table if the log has one."""

    row: Row
    companion: Row | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """The truth of a prediction (None removes it), and values for its row in the companion."""

    prediction_id: str
    truth: float | None
    companion: Row | None = None


class WriteFailed(Exception):
    """The transaction was rolled back; the text is the database's reason."""


class WrongValue(WriteFailed):
    """A row or a truth has a value that the database can't store; the others could be written."""


class Writer:
    """Writes on one connection for one thread, and opens a new one after an error."""

    def __init__(
        self, engine: sa.Engine, table: sa.Table, companion: Companion | None = None
    ) -> None:
        self._engine = engine
        self._connection: Any = None
        self._insert = _insert(engine, table)
        self._set_truth = _update(engine, table, ("truth", "truth_at"))
        self._companion_insert = self._companion_update = None
        if companion is not None:
            self._companion_insert = _insert(engine, companion.table)
            self._companion_update = _update(engine, companion.table, companion.later)
        driver: Any = engine.dialect.import_dbapi()
        self._errors: tuple[type[Exception], ...] = (driver.Error, SQLAlchemyError)
        # for whole numbers past 64 bits and text that is not UTF-8, drivers raise Python's errors
        self._value_errors = (driver.DataError, OverflowError, ValueError, TypeError)

    def write(self, inserts: list[Insert], updates: list[Update]) -> list[bool]:
        """Insert rows and add truths in one transaction.

        Returns for each update whether its prediction exists. Raises WriteFailed, or WrongValue if
        a value is the reason; then nothing was written.
        """
        try:
            if self._connection is None:
                self._connection = self._engine.raw_connection()
            cursor = self._connection.cursor()
            if inserts:
                values = self._insert.values
                cursor.executemany(self._insert.sql, [values(insert.row) for insert in inserts])
                self._insert_companions(cursor, inserts)
            matches = [self._apply(cursor, update) for update in updates]
            self._connection.commit()
            cursor.close()
        except self._value_errors as error:
            self._roll_back()
            raise WrongValue(str(error)) from error
        except self._errors as error:
            self._roll_back()
            raise WriteFailed(str(getattr(error, "orig", None) or error)) from error
        return matches

    def _insert_companions(self, cursor: Any, inserts: list[Insert]) -> None:
        statement = self._companion_insert
        if statement is not None:
            rows = [insert.companion for insert in inserts if insert.companion is not None]
            cursor.executemany(statement.sql, [statement.values(row) for row in rows])

    def _apply(self, cursor: Any, update: Update) -> bool:
        """Execute an update; return whether its prediction exists."""
        key = {"row_key": update.prediction_id}
        moment = None if update.truth is None else time.time()
        values = {**key, "truth": update.truth, "truth_at": moment}
        cursor.execute(self._set_truth.sql, self._set_truth.values(values))
        exists = bool(cursor.rowcount == 1)
        statement = self._companion_update
        if statement is not None and update.companion is not None:
            cursor.execute(statement.sql, statement.values({**key, **update.companion}))
        return exists

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _roll_back(self) -> None:
        """Roll back and drop the connection: the next write opens a new one."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.rollback()
            connection.invalidate()
        except self._errors as error:
            log.debug("the broken connection could not be rolled back: %s", error)


class _Statement:
    """SQL of the dialect; converts values_by_name values to what the driver takes."""

    def __init__(
        self, statement: Any, engine: sa.Engine, table: sa.Table, names: list[str]
    ) -> None:
        compiled = statement.compile(dialect=engine.dialect, column_keys=names)
        self.sql = str(compiled)
        processors: dict[str, Callable[[Any], Any] | None] = {
            name: table.c[name].type.dialect_impl(engine.dialect).bind_processor(engine.dialect)
            if name in table.c
            else None
            for name in names
        }
        self._order: list[str] | None = compiled.positiontup if compiled.positional else None
        self._processors = {
            name: processor for name, processor in processors.items() if processor is not None
        }

    def values(self, values_by_name: dict[str, Any]) -> Any:
        # a copy: a row that was not written may be retried
        row = values_by_name.copy()
        for name, process in self._processors.items():
            row[name] = process(row[name])
        return row if self._order is None else [row[name] for name in self._order]


def _insert(engine: sa.Engine, table: sa.Table) -> _Statement:
    """Compile an insert of all columns but the id, which the database counts up."""
    return _Statement(table.insert(), engine, table, table.columns.keys()[1:])


def _update(engine: sa.Engine, table: sa.Table, names: tuple[str, ...]) -> _Statement:
    """Compile an update of some columns of the row with the prediction_id `row_key`."""
    statement = (
        table.update()
        .where(table.c.prediction_id == sa.bindparam("row_key"))
        .values({name: sa.bindparam(name) for name in names})
    )
    return _Statement(statement, engine, table, [*names, "row_key"])
