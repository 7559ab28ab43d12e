"""Moves SQLite's write-ahead log into the database, so that no prediction waits for it."""

import logging
import threading

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
BUSY_MILLISECONDS = 20


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
