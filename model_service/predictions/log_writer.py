"""Write transactions of the prediction log, with statements that are compiled once.

SQLAlchemy compiles them for its dialect; the rows then go directly to the driver, because
SQLAlchemy's own execution costs more than the commit that every prediction waits for.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
BUSY_MILLISECONDS = 20


class WriteFailed(Exception):
    """The transaction was rolled back; the text is the database's reason."""


class WrongValue(WriteFailed):
    """A row or a truth has a value that the database can't store; the others could be written."""


class Writer:
    """Writes on one connection for one thread, and opens a new one after an error."""

    def __init__(self, engine: sa.Engine, table: sa.Table) -> None:
        self._engine = engine
        self._connection: Any = None
        self._insert = _Statement(table.insert(), engine, table, table.columns.keys()[1:])
        update = (
            table.update()
            .where(table.c.prediction_id == sa.bindparam("row_key"))
            .values(truth=sa.bindparam("truth"), truth_at=sa.bindparam("truth_at"))
        )
        self._join = _Statement(update, engine, table, ["truth", "truth_at", "row_key"])
        driver: Any = engine.dialect.import_dbapi()
        self._errors: tuple[type[Exception], ...] = (driver.Error, SQLAlchemyError)
        # for whole numbers past 64 bits and text that is not UTF-8, drivers raise Python's errors
        self._value_errors = (driver.DataError, OverflowError, ValueError, TypeError)

    def write(self, rows: list[dict[str, Any]], truths: list[tuple[str, float]]) -> list[bool]:
        """Insert rows and add truths in one transaction.

        Returns for each truth whether its prediction exists. Raises WriteFailed, or WrongValue if
        a value is the reason; then nothing was written.
        """
        try:
            if self._connection is None:
                self._connection = self._engine.raw_connection()
            cursor = self._connection.cursor()
            if rows:
                cursor.executemany(self._insert.sql, [self._insert.values(row) for row in rows])
            matches = []
            for prediction_id, truth in truths:
                values = {"row_key": prediction_id, "truth": truth, "truth_at": time.time()}
                cursor.execute(self._join.sql, self._join.values(values))
                matches.append(cursor.rowcount == 1)
            self._connection.commit()
            cursor.close()
        except self._value_errors as error:
            self._roll_back()
            raise WrongValue(str(error)) from error
        except self._errors as error:
            self._roll_back()
            raise WriteFailed(str(getattr(error, "orig", None) or error)) from error
        return matches

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


class Checkpoints:
    """Moves SQLite's write-ahead log into the database once a second, in a separate thread.

    SQLite itself does so within the commit that passes 1,000 pages, and that commit waits. PASSIVE
    copies all but the newest pages without blocking; RESTART then has little left to copy and lets
    the next write start at the beginning of the file, so that it does not grow under constant load.
    Other databases need no checkpoints. Source: SQLite's documentation of PRAGMA wal_checkpoint.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        if engine.dialect.name == "sqlite":
            self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                with self._engine.connect() as connection:
                    # if a reader blocks the checkpoint, retry later instead of blocking the writer
                    try:
                        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
                        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
                        connection.exec_driver_sql("PRAGMA wal_checkpoint(RESTART)")
                    finally:
                        # no other user of the pool should get this short timeout
                        connection.invalidate()
            except SQLAlchemyError as error:
                log.warning("the write-ahead log could not be checkpointed: %s", error)
