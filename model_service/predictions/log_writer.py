"""Transactions of the prediction log at the cost of the driver: statements are compiled once.

SQLAlchemy compiles them for its dialect; the rows then go to the driver directly, for its own way
through a connection costs more than the commit that every prediction waits for.
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
    """Nothing of the transaction was kept; the text is the database's reason."""


class WrongValue(WriteFailed):
    """A row or a truth holds what the database can't: without it the others could be kept."""


class Writer:
    """Keeps a connection for one thread, and takes a new one after an error."""

    def __init__(self, engine: sa.Engine, table: sa.Table) -> None:
        self._engine = engine
        self._connection: Any = None
        self._insert = _Statement(table.insert(), engine, table, table.columns.keys()[1:])
        joined = (
            table.update()
            .where(table.c.prediction_id == sa.bindparam("of"))
            .values(truth=sa.bindparam("truth"), truth_at=sa.bindparam("truth_at"))
        )
        self._join = _Statement(joined, engine, table, ["truth", "truth_at", "of"])
        driver: Any = engine.dialect.import_dbapi()
        self._errors: tuple[type[Exception], ...] = (driver.Error, SQLAlchemyError)
        # whole numbers past 64 bits, text that is no UTF-8: drivers raise Python's own for these
        self._of_values = (driver.DataError, OverflowError, ValueError, TypeError)

    def write(self, rows: list[dict[str, Any]], truths: list[tuple[str, float]]) -> list[bool]:
        """Insert rows and join truths in one transaction; whether each truth found its prediction.

        Raises WriteFailed, WrongValue where a value is the reason; then nothing was kept.
        """
        try:
            if self._connection is None:
                self._connection = self._engine.raw_connection()
            cursor = self._connection.cursor()
            if rows:
                cursor.executemany(self._insert.sql, [self._insert.values(row) for row in rows])
            found = []
            for prediction_id, truth in truths:
                values = {"of": prediction_id, "truth": truth, "truth_at": time.time()}
                cursor.execute(self._join.sql, self._join.values(values))
                found.append(cursor.rowcount == 1)
            self._connection.commit()
            cursor.close()
        except self._of_values as error:
            self._give_up()
            raise WrongValue(str(error)) from error
        except self._errors as error:
            self._give_up()
            raise WriteFailed(str(getattr(error, "orig", None) or error)) from error
        return found

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _give_up(self) -> None:
        """Roll back, and drop the connection: the next write takes a fresh one."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.rollback()
            connection.invalidate()
        except self._errors as error:
            log.debug("the broken connection could not be rolled back: %s", error)


class _Statement:
    """SQL of the dialect, and a function from named values to what the driver takes."""

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
        self._processors = {name: made for name, made in processors.items() if made is not None}

    def values(self, given: dict[str, Any]) -> Any:
        # a copy: what was not kept may be written again
        row = given.copy()
        for name, process in self._processors.items():
            row[name] = process(row[name])
        return row if self._order is None else [row[name] for name in self._order]


class Checkpoints:
    """Moves SQLite's write-ahead log into the database, once a second and beside the writer.

    SQLite would do so in the commit of whoever passes 1,000 pages, and that one would wait. PASSIVE
    copies all but the newest pages without holding anybody up; RESTART then has little left to copy
    and lets the file start anew, so that it does not grow under constant load. On any other
    database there is nothing to do. Source: SQLite's documentation of PRAGMA wal_checkpoint.
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
                    # a reader in the way: better to try again than to hold up the writer
                    try:
                        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
                        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
                        connection.exec_driver_sql("PRAGMA wal_checkpoint(RESTART)")
                    finally:
                        # its short patience is not for others: the pool shall not lend it again
                        connection.invalidate()
            except SQLAlchemyError as error:
                log.warning("the write-ahead log could not be moved: %s", error)
